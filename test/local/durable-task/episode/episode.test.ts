import type { World } from "../../../../src/local/durable-task/episode/decide";
import {
  closeEpisode,
  restEpisode,
} from "../../../../src/local/durable-task/episode/episode";
import { History } from "../../../../src/local/durable-task/episode/history";
import {
  EventType,
  type HistoryEvent,
  type MessageEvent,
} from "../../../../src/local/durable-task/history-event";
import {
  type Instance,
  pendingInstance,
} from "../../../../src/local/durable-task/instance";
import {
  type Delivery,
  type OrchestrationMessage,
  startMessage,
} from "../../../../src/local/durable-task/message";
import {
  openEpisode,
  triggerText,
} from "../../../../src/local/durable-task/episode/open-episode";

import { limits } from "./pure-hub";

const none = new History();
const now = Date.UTC(2026, 0, 1);
const instance = pendingInstance(
  {
    instanceId: "one",
    executionId: "first",
    name: "flow",
    version: "",
    input: '{"a":1}',
    parent: null,
  },
  now,
);
const world: World = {
  limits,
  maxActions: 10,
  maxPayloadBytes: 100_000,
  newId: () => "new-id",
  functions: { orchestrator: ["flow"], activity: ["act"], entity: ["counter"] },
  defaultVersion: "",
};
const delivered = (
  event: MessageEvent,
  executionId: string | null = "first",
): Delivery<OrchestrationMessage> => ({
  inboxId: null,
  message: { executionId, event },
});
const start: Delivery<OrchestrationMessage> = {
  inboxId: 7,
  message: startMessage(instance),
};
const done = (TaskScheduledId: number): MessageEvent => ({
  EventType: EventType.TaskCompleted,
  TaskScheduledId,
  Result: '"x"',
});
const suspend = { EventType: EventType.ExecutionSuspended, Reason: "" };
const resume = { EventType: EventType.ExecutionResumed, Reason: "" };
const types = (events: readonly HistoryEvent[]) =>
  events.map(({ EventType: type }) => type);
const stateOutcome = (state: object) => ({
  ok: true as const,
  returnValue: undefined,
  result: { isDone: false, actions: [[]], ...state },
});
const callAct = { actionType: 0, functionName: "act", input: 1 };
const running: Instance = { ...instance, status: "Running" };

describe("opening an episode", () => {
  test("takes the start and consumes its message", () => {
    const opening = openEpisode(instance, none, [start], now);
    expect(types(opening.arrived)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionStarted,
    ]);
    expect(opening).toMatchObject({ next: "run", consumed: [7] });
  });

  test("drops what is meant for an earlier execution", () => {
    const opening = openEpisode(
      running,
      none,
      [delivered(done(0), "old")],
      now,
    );
    expect(opening).toMatchObject({ next: "rest", arrived: [] });
  });

  test("drops a second result of the same task, also within one batch", () => {
    const { arrived } = openEpisode(
      running,
      none,
      [delivered(done(3)), delivered(done(3))],
      now,
    );
    expect(arrived).toHaveLength(2);
  });

  test("holds results while suspended and gives them back, in order, on resume", () => {
    const held = [delivered(done(0)), delivered(done(1))];
    const quiet = openEpisode(
      running,
      none,
      [delivered(suspend), ...held],
      now,
    );
    expect(quiet).toMatchObject({ next: "rest", held });
    expect(quiet.instance.status).toBe("Suspended");
    const awake = openEpisode(
      quiet.instance,
      none,
      [...held, delivered(resume)],
      now,
    );
    expect(awake).toMatchObject({ next: "run", held: [] });
    expect(types(awake.arrived)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionResumed,
      EventType.TaskCompleted,
      EventType.TaskCompleted,
    ]);
  });

  test("never lets a timer fire before its time", () => {
    const FireAt = new Date(now + 5).toISOString();
    const fired = { EventType: EventType.TimerFired, TimerId: 0, FireAt };
    const { arrived } = openEpisode(running, none, [delivered(fired)], now);
    expect(arrived[0]?.Timestamp).toBe(FireAt);
  });

  test("gives the function its input as it was stored", () => {
    const opening = openEpisode(instance, none, [start], now);
    expect(JSON.parse(triggerText(opening, [], limits))).toMatchObject({
      input: { a: 1 },
      instanceId: "one",
      isReplaying: false,
      upperSchemaVersionNew: 3,
    });
  });
});

describe("closing an episode", () => {
  const opening = openEpisode(instance, none, [start], now);
  const close = (state: object) =>
    closeEpisode(opening, none, stateOutcome(state), world);

  test("turns a new action into an event and an activity to start", () => {
    const turn = close({ actions: [[callAct]] });
    expect(types(turn.events)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionStarted,
      EventType.TaskScheduled,
      EventType.OrchestratorCompleted,
    ]);
    expect(turn.decisions[0]?.activity).toEqual({
      taskId: 0,
      name: "act",
      input: "1",
    });
    expect(turn.instance.status).toBe("Running");
  });

  test("does not complete while an activity is open", () => {
    const turn = close({ actions: [[callAct]], isDone: true, output: 1 });
    expect(turn.instance.status).toBe("Running");
  });

  test("completes with the output when nothing is open", () => {
    const turn = close({ isDone: true, output: { sum: 2 } });
    expect(turn.instance).toMatchObject({
      status: "Completed",
      output: '{"sum":2}',
    });
  });

  test("fails with the error that the function left in its message", () => {
    const message = `false\n\n$OutOfProcData$:${JSON.stringify({ isDone: false, actions: [[]], error: "no luck" })}`;
    const turn = closeEpisode(
      opening,
      none,
      { ok: false, message, stack: "" },
      world,
    );
    expect(turn.instance).toMatchObject({
      status: "Failed",
      output: "Orchestrator function 'flow' failed: no luck",
    });
  });

  test("fails an instance that calls an unknown activity, naming those that exist", () => {
    const turn = close({ actions: [[{ ...callAct, functionName: "nobody" }]] });
    expect(turn.instance.output).toContain("The function 'nobody'");
    expect(turn.instance.output).toContain("activity functions: 'act'");
    expect(turn.decisions).toEqual([]);
  });

  test("fails an instance whose custom status is too large", () => {
    const turn = close({ customStatus: "x".repeat(9000) });
    expect(turn.instance.status).toBe("Failed");
  });

  test("fails an instance that asks for too many actions", () => {
    const actions = Array.from({ length: 11 }, () => ({ ...callAct }));
    const turn = close({ actions: [actions] });
    expect(turn.instance.output).toContain("more than 10 actions");
  });

  test("starts anew with events that nobody waited for", () => {
    const raised = {
      EventType: EventType.EventRaised,
      Name: "item",
      Input: "1",
    };
    const withEvents = openEpisode(
      instance,
      none,
      [
        start,
        delivered(raised, null),
        delivered({ ...raised, Input: "2" }, null),
      ],
      now,
    );
    const turn = closeEpisode(
      withEvents,
      none,
      stateOutcome({
        isDone: true,
        actions: [
          [
            { actionType: 6, externalEventName: "item" },
            { actionType: 4, input: [1] },
          ],
        ],
      }),
      world,
    );
    expect(turn).toMatchObject({ startsAnew: true, events: [] });
    expect(turn.instance).toMatchObject({
      executionId: "new-id",
      input: "[1]",
    });
    expect(turn.outgoing.map(({ message }) => message)).toMatchObject([
      { executionId: "new-id" },
      { executionId: null, event: { Name: "item", Input: "2" } },
    ]);
  });

  test("tells the parent of a terminated child, with a string for details", () => {
    const parent = {
      name: "p",
      instanceId: "parent",
      executionId: "px",
      taskScheduledId: 4,
    };
    const terminated = openEpisode(
      { ...running, parent },
      none,
      [
        delivered(
          { EventType: EventType.ExecutionTerminated, Input: "enough" },
          null,
        ),
      ],
      now,
    );
    expect(restEpisode(terminated, none).outgoing).toMatchObject([
      {
        to: "parent",
        message: {
          executionId: "px",
          event: { TaskScheduledId: 4, Reason: "enough", Details: "" },
        },
      },
    ]);
  });
});
