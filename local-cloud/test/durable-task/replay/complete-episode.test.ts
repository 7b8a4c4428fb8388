import type { EpisodeContext } from "../../../durable-task/replay/decision";
import {
  completeEpisode,
  completeEpisodeWithoutRun,
} from "../../../durable-task/replay/complete-episode";
import { ExecutionHistory } from "../../../durable-task/replay/execution-history";
import {
  EventType,
  type HistoryEvent,
  type MessageEvent,
} from "../../../durable-task/model/history-event";
import {
  type Instance,
  createPendingInstance,
} from "../../../durable-task/model/instance";
import {
  type MessageDelivery,
  type OrchestrationMessage,
  createStartMessage,
} from "../../../durable-task/model/hub-message";
import { serializeOrchestrationTrigger } from "../../../durable-task/replay/orchestration-trigger";
import { startEpisode } from "../../../durable-task/replay/start-episode";

import { testLimits } from "../../support/durable-task/pure-hub";

const none = new ExecutionHistory();
const now = Date.UTC(2026, 0, 1);
const instance = createPendingInstance(
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
const world: EpisodeContext = {
  limits: testLimits,
  maxActions: 10,
  maxPayloadBytes: 100_000,
  newId: () => "new-id",
  functions: { orchestrator: ["flow"], activity: ["act"], entity: ["counter"] },
  defaultVersion: "",
};
const delivered = (
  event: MessageEvent,
  executionId: string | null = "first",
): MessageDelivery<OrchestrationMessage> => ({
  inboxId: null,
  message: { executionId, event },
});
const start: MessageDelivery<OrchestrationMessage> = {
  inboxId: 7,
  message: createStartMessage(instance),
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
    const opening = startEpisode(instance, none, [start], now);
    expect(types(opening.newEvents)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionStarted,
    ]);
    expect(opening).toMatchObject({ next: "run", consumed: [7] });
  });

  test("drops what is meant for an earlier execution", () => {
    const opening = startEpisode(
      running,
      none,
      [delivered(done(0), "old")],
      now,
    );
    expect(opening).toMatchObject({ next: "rest", arrived: [] });
  });

  test("drops a second result of the same task, also within one batch", () => {
    const { newEvents } = startEpisode(
      running,
      none,
      [delivered(done(3)), delivered(done(3))],
      now,
    );
    expect(newEvents).toHaveLength(2);
  });

  test("holds results while suspended and gives them back, in order, on resume", () => {
    const held = [delivered(done(0)), delivered(done(1))];
    const quiet = startEpisode(
      running,
      none,
      [delivered(suspend), ...held],
      now,
    );
    expect(quiet).toMatchObject({ next: "rest", held });
    expect(quiet.instance.status).toBe("Suspended");
    const awake = startEpisode(
      quiet.instance,
      none,
      [...held, delivered(resume)],
      now,
    );
    expect(awake).toMatchObject({ next: "run", held: [] });
    expect(types(awake.newEvents)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionResumed,
      EventType.TaskCompleted,
      EventType.TaskCompleted,
    ]);
  });

  test("never lets a timer fire before its time", () => {
    const FireAt = new Date(now + 5).toISOString();
    const fired = { EventType: EventType.TimerFired, TimerId: 0, FireAt };
    const { newEvents } = startEpisode(running, none, [delivered(fired)], now);
    expect(newEvents[0]?.Timestamp).toBe(FireAt);
  });

  test("gives the function its input as it was stored", () => {
    const opening = startEpisode(instance, none, [start], now);
    expect(
      JSON.parse(serializeOrchestrationTrigger(opening, [], testLimits)),
    ).toMatchObject({
      input: { a: 1 },
      instanceId: "one",
      isReplaying: false,
      upperSchemaVersionNew: 3,
    });
  });
});

describe("closing an episode", () => {
  const opening = startEpisode(instance, none, [start], now);
  const close = (state: object) =>
    completeEpisode(opening, none, stateOutcome(state), world);

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
    const turn = completeEpisode(
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
    const withEvents = startEpisode(
      instance,
      none,
      [
        start,
        delivered(raised, null),
        delivered({ ...raised, Input: "2" }, null),
      ],
      now,
    );
    const turn = completeEpisode(
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
    const terminated = startEpisode(
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
    expect(completeEpisodeWithoutRun(terminated, none).outgoing).toMatchObject([
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
