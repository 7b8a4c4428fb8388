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
import { testLimits } from "../../support/durable-task/replay-limits";

const emptyHistory = new ExecutionHistory();
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
const context: EpisodeContext = {
  limits: testLimits,
  maxActions: 10,
  maxPayloadBytes: 100_000,
  newId: () => "new-id",
  functions: { orchestrator: ["flow"], activity: ["act"], entity: ["counter"] },
  defaultVersion: "",
};
const toDelivery = (
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
const taskCompleted = (TaskScheduledId: number): MessageEvent => ({
  EventType: EventType.TaskCompleted,
  TaskScheduledId,
  Result: '"x"',
});
const suspend = { EventType: EventType.ExecutionSuspended, Reason: "" };
const resume = { EventType: EventType.ExecutionResumed, Reason: "" };
const typesOf = (events: readonly HistoryEvent[]) =>
  events.map(({ EventType: type }) => type);
const stateOutcome = (state: object) => ({
  ok: true as const,
  returnValue: undefined,
  result: { isDone: false, actions: [[]], ...state },
});
const callAct = { actionType: 0, functionName: "act", input: 1 };
const running: Instance = { ...instance, status: "Running" };

describe("startEpisode", () => {
  test("accepts the start message and consumes its inbox row", () => {
    const episode = startEpisode(instance, emptyHistory, [start], now);
    expect(typesOf(episode.newEvents)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionStarted,
    ]);
    expect(episode).toMatchObject({ next: "run", consumed: [7] });
  });

  test("drops an event of an earlier execution", () => {
    const episode = startEpisode(
      running,
      emptyHistory,
      [toDelivery(taskCompleted(0), "old")],
      now,
    );
    expect(episode).toMatchObject({ next: "skip", newEvents: [] });
  });

  test("drops the second result of a task within one batch", () => {
    const { newEvents } = startEpisode(
      running,
      emptyHistory,
      [toDelivery(taskCompleted(3)), toDelivery(taskCompleted(3))],
      now,
    );
    expect(newEvents).toHaveLength(2);
  });

  test("holds results while the instance is suspended and delivers them in order when it resumes", () => {
    const held = [toDelivery(taskCompleted(0)), toDelivery(taskCompleted(1))];
    const suspended = startEpisode(
      running,
      emptyHistory,
      [toDelivery(suspend), ...held],
      now,
    );
    expect(suspended).toMatchObject({ next: "skip", held });
    expect(suspended.instance.status).toBe("Suspended");
    const resumed = startEpisode(
      suspended.instance,
      emptyHistory,
      [...held, toDelivery(resume)],
      now,
    );
    expect(resumed).toMatchObject({ next: "run", held: [] });
    expect(typesOf(resumed.newEvents)).toEqual([
      EventType.OrchestratorStarted,
      EventType.TaskCompleted,
      EventType.TaskCompleted,
      EventType.ExecutionResumed,
    ]);
  });

  test("has the reason of the suspension as the output of a suspended instance only", () => {
    const episodeOf = (before: Instance, event: MessageEvent) =>
      startEpisode(before, emptyHistory, [toDelivery(event)], now).instance;
    const suspended = episodeOf(running, { ...suspend, Reason: "audit" });
    expect(suspended.output).toBe("audit");
    expect(episodeOf(suspended, resume).output).toBeNull();
  });

  test("starts the episode at the due time of a fired timer when the clock is behind it", () => {
    const FireAt = new Date(now + 5).toISOString();
    const fired = { EventType: EventType.TimerFired, TimerId: 0, FireAt };
    const { newEvents } = startEpisode(
      running,
      emptyHistory,
      [toDelivery(fired)],
      now,
    );
    expect(newEvents[0]?.Timestamp).toBe(FireAt);
  });

  test("passes the stored input to the function", () => {
    const episode = startEpisode(instance, emptyHistory, [start], now);
    expect(
      JSON.parse(serializeOrchestrationTrigger(episode, [], testLimits)),
    ).toMatchObject({
      input: { a: 1 },
      instanceId: "one",
      isReplaying: false,
      upperSchemaVersionNew: 3,
    });
  });
});

describe("completeEpisode", () => {
  const episode = startEpisode(instance, emptyHistory, [start], now);
  const complete = (state: object) =>
    completeEpisode(episode, emptyHistory, stateOutcome(state), context);

  test("records a new activity action as an event and starts the activity", () => {
    const result = complete({ actions: [[callAct]] });
    expect(typesOf(result.events)).toEqual([
      EventType.OrchestratorStarted,
      EventType.ExecutionStarted,
      EventType.TaskScheduled,
      EventType.OrchestratorCompleted,
    ]);
    expect(result.decisions[0]?.activity).toEqual({
      taskId: 0,
      name: "act",
      input: "1",
    });
    expect(result.instance.status).toBe("Running");
  });

  test("keeps an instance running whose function returned while an activity is open", () => {
    const result = complete({ actions: [[callAct]], isDone: true, output: 1 });
    expect(result.instance.status).toBe("Running");
  });

  test("completes the instance with the output when no task is open", () => {
    const result = complete({ isDone: true, output: { sum: 2 } });
    expect(result.instance).toMatchObject({
      status: "Completed",
      output: '{"sum":2}',
    });
  });

  test("fails the instance with the error of the state in the exception message", () => {
    const message = `false\n\n$OutOfProcData$:${JSON.stringify({ isDone: false, actions: [[]], error: "out of stock" })}`;
    const result = completeEpisode(
      episode,
      emptyHistory,
      { ok: false, message, stack: "" },
      context,
    );
    expect(result.instance).toMatchObject({
      status: "Failed",
      output: "Orchestrator function 'flow' failed: out of stock",
    });
  });

  test("fails an instance that calls an unknown activity, with the names of the known activities", () => {
    const result = complete({
      actions: [[{ ...callAct, functionName: "missing" }]],
    });
    expect(result.instance.output).toContain("The function 'missing'");
    expect(result.instance.output).toContain("activity functions: 'act'");
    expect(result.decisions).toEqual([]);
  });

  test("fails an instance with a custom status of 9000 characters", () => {
    const result = complete({ customStatus: "x".repeat(9000) });
    expect(result.instance.status).toBe("Failed");
  });

  test("fails an instance that schedules 11 actions when 10 are allowed", () => {
    const actions = Array.from({ length: 11 }, () => ({ ...callAct }));
    const result = complete({ actions: [actions] });
    expect(result.instance.output).toContain("more than 10 actions");
  });

  test("reports a terminated child to its parent with empty details", () => {
    const parent = {
      name: "p",
      instanceId: "parent",
      executionId: "px",
      taskScheduledId: 4,
    };
    const terminated = startEpisode(
      { ...running, parent },
      emptyHistory,
      [
        toDelivery(
          { EventType: EventType.ExecutionTerminated, Input: "cancelled" },
          null,
        ),
      ],
      now,
    );
    expect(
      completeEpisodeWithoutRun(terminated, emptyHistory).outgoing,
    ).toMatchObject([
      {
        to: "parent",
        message: {
          executionId: "px",
          event: { TaskScheduledId: 4, Reason: "cancelled", Details: "" },
        },
      },
    ]);
  });
});
