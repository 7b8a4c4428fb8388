import fc from "fast-check";
import { type Action, ActionType } from "../../../durable-task/replay/actions";
import { ExecutionHistory } from "../../../durable-task/replay/execution-history";
import {
  EventType,
  type HistoryEvent,
} from "../../../durable-task/model/history-event";
import { replayHistory } from "../../../durable-task/replay/replayer";
import { testLimits } from "../../support/durable-task/replay-limits";

const replay = (actions: readonly Action[], history: readonly HistoryEvent[]) =>
  replayHistory(
    actions,
    ExecutionHistory.from([episodeStarted, ...history]),
    [episodeStarted],
    { isFunctionFinished: false, limits: testLimits },
  );
const episodeStarted = {
  EventType: EventType.OrchestratorStarted,
  Timestamp: "2026-01-01T00:00:00.000Z",
};
const Timestamp = "2026-01-01T00:00:00.000Z";
const activity = (functionName: string): Action => ({
  actionType: ActionType.CallActivity,
  functionName,
});
const timer = (isCanceled: boolean): Action => ({
  actionType: ActionType.CreateTimer,
  fireAt: Timestamp,
  isCanceled,
});
const all = (...compoundActions: Action[]): Action => ({
  actionType: ActionType.WhenAll,
  compoundActions,
});
const any = (...compoundActions: Action[]): Action => ({
  actionType: ActionType.WhenAny,
  compoundActions,
});
const wait = (externalEventName: string): Action => ({
  actionType: ActionType.WaitForExternalEvent,
  externalEventName,
});
const scheduled = (EventId: number, Name: string): HistoryEvent => ({
  EventType: EventType.TaskScheduled,
  EventId,
  Name,
  Input: null,
  Timestamp,
});
const completed = (TaskScheduledId: number): HistoryEvent => ({
  EventType: EventType.TaskCompleted,
  TaskScheduledId,
  Result: "1",
  Timestamp,
});

describe("replayHistory", () => {
  test("numbers actions depth first and assigns no id to a wait for an event", () => {
    const { newRequests } = replay(
      [activity("a"), any(wait("e"), all(activity("b"), timer(false)))],
      [],
    );
    expect(newRequests.map(({ id, request }) => [id, request.kind])).toEqual([
      [0, "activity"],
      [1, "activity"],
      [2, "timer"],
    ]);
  });

  test("returns only requests without a recorded decision", () => {
    const { newRequests, problem } = replay(
      [activity("a"), activity("b")],
      [scheduled(0, "a"), completed(0)],
    );
    expect(problem).toBeUndefined();
    expect(newRequests).toMatchObject([{ id: 1, request: { name: "b" } }]);
  });

  test("is open while an activity that lost a race is running", () => {
    const actions = [any(activity("slow"), timer(false))];
    const fired: HistoryEvent = {
      EventType: EventType.TimerFired,
      TimerId: 1,
      FireAt: Timestamp,
      Timestamp,
    };
    expect(replay(actions, [scheduled(0, "slow"), fired]).isOpen).toBe(true);
    expect(
      replay(actions, [scheduled(0, "slow"), fired, completed(0)]).isOpen,
    ).toBe(false);
  });

  test("is not open for a cancelled timer, and returns its id", () => {
    const result = replay([any(timer(true), wait("e"))], []);
    expect(result.isOpen).toBe(false);
    expect(result.cancelledTimers).toEqual([0]);
  });

  test("reports both names when the recorded activity has another name", () => {
    const { problem } = replay([activity("new")], [scheduled(0, "old")]);
    expect(problem).toContain("activity task with name 'old'");
    expect(problem).toContain("activity task with name 'new'");
  });

  test("reports a recorded activity that is no longer scheduled", () => {
    expect(replay([], [scheduled(0, "old")]).problem).toContain(
      "hasn't (yet?) scheduled this task",
    );
  });

  test("is open until every activity of nested compounds has completed, in any order", () => {
    const nestedAction: fc.Arbitrary<Action> = fc.letrec<{ action: Action }>(
      (tie) => ({
        action: fc.oneof(
          { depthSize: "small" },
          fc.constantFrom("a", "b", "c").map(activity),
          fc
            .array(tie("action"), { minLength: 1, maxLength: 4 })
            .map((actions) => all(...actions)),
          fc
            .array(tie("action"), { minLength: 1, maxLength: 4 })
            .map((actions) => any(...actions)),
        ),
      }),
    ).action;
    fc.assert(
      fc.property(
        fc.array(nestedAction, { maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (actions, random) => {
          const { newRequests } = replay(actions, []);
          const events = newRequests.map(({ id, request }) =>
            scheduled(id, request.kind === "activity" ? request.name : ""),
          );
          const order = newRequests
            .map(({ id }) => ({ id, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at);
          const history = [...events, ...order.map(({ id }) => completed(id))];
          const end = replay(actions, history);
          expect(end).toMatchObject({ newRequests: [], isOpen: false });
          expect(end.problem).toBeUndefined();
          if (order.length > 0)
            expect(replay(actions, history.slice(0, -1)).isOpen).toBe(true);
        },
      ),
    );
  });
});
