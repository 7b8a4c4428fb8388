import { completeEpisode } from "../../../durable-task/replay/complete-episode";
import { ExecutionHistory } from "../../../durable-task/replay/execution-history";
import {
  EventType,
  type MessageEvent,
} from "../../../durable-task/model/history-event";
import {
  createPendingInstance,
  type Instance,
} from "../../../durable-task/model/instance";
import { createStartMessage } from "../../../durable-task/model/hub-message";
import { startEpisode } from "../../../durable-task/replay/start-episode";
import { testLimits } from "../../support/durable-task/replay-limits";

const now = Date.UTC(2026, 0, 1);
const instance = createPendingInstance(
  {
    instanceId: "one",
    executionId: "first",
    name: "flow",
    version: "",
    input: "1",
    parent: null,
  },
  now,
);
const continueAction = { actionType: 4, input: [1] };
const lockAction = {
  actionType: 13,
  lockSet: [{ name: "counter", key: "one" }],
};

/** Runs an episode that receives the events, and whose function returns with these actions. */
function runEpisode(
  before: Instance,
  history: ExecutionHistory,
  events: readonly MessageEvent[],
  actions: readonly object[],
  at = now,
) {
  const deliveries = events.map((event) => ({
    inboxId: null,
    message: { executionId: null, event },
  }));
  return completeEpisode(
    startEpisode(before, history, deliveries, at),
    history,
    {
      ok: true,
      returnValue: undefined,
      result: { isDone: actions.includes(continueAction), actions: [actions] },
    },
    {
      limits: testLimits,
      maxActions: 10,
      maxPayloadBytes: 100_000,
      newId: () => "new-id",
      functions: { orchestrator: ["flow"], activity: [], entity: ["counter"] },
      defaultVersion: "",
    },
  );
}
const start = createStartMessage(instance).event;
const raised = (Name: string, Input: string): MessageEvent => ({
  EventType: EventType.EventRaised,
  Name,
  Input,
});

describe("continue-as-new", () => {
  test("passes unconsumed events to the next execution", () => {
    const result = runEpisode(
      instance,
      new ExecutionHistory(),
      [start, raised("item", "1"), raised("item", "2")],
      [{ actionType: 6, externalEventName: "item" }, continueAction],
    );
    expect(result).toMatchObject({ continuesAsNew: true, events: [] });
    expect(result.instance).toMatchObject({
      executionId: "new-id",
      input: "[1]",
    });
    expect(result.outgoing.map(({ message }) => message)).toMatchObject([
      { executionId: "new-id" },
      { executionId: null, event: { Name: "item", Input: "2" } },
    ]);
  });

  test("releases the locks of the execution before the next one starts", () => {
    const locked = runEpisode(
      instance,
      new ExecutionHistory(),
      [start],
      [lockAction],
    );
    const next = runEpisode(
      locked.instance,
      ExecutionHistory.from(locked.events),
      [raised("new-id", "null")],
      [lockAction, continueAction],
    );
    expect(next.continuesAsNew).toBe(true);
    expect(next.outgoing).toMatchObject([
      { to: "@counter@one", message: { releasedBy: "one" } },
      { to: "one", message: { executionId: "new-id" } },
    ]);
  });

  test("keeps the custom status until the second episode, and sets a new time of creation", () => {
    const next = runEpisode(
      { ...instance, customStatus: '"round 1"' },
      new ExecutionHistory(),
      [start],
      [continueAction],
      now + 5000,
    );
    expect(next.instance).toMatchObject({
      createdAt: now + 5000,
      customStatus: '"round 1"',
    });
    const first = runEpisode(
      next.instance,
      new ExecutionHistory(),
      [start],
      [{ actionType: 6, externalEventName: "item" }],
    );
    expect(first.instance.customStatus).toBe('"round 1"');
    const second = runEpisode(
      first.instance,
      ExecutionHistory.from(first.events),
      [raised("other", "1")],
      [{ actionType: 6, externalEventName: "item" }],
    );
    expect(second.instance.customStatus).toBeNull();
  });
});
