import fc from "fast-check";
import { type Action, ActionType } from "../../../durable-task/replay/actions";
import { ExecutionHistory } from "../../../durable-task/replay/execution-history";
import {
  EventType,
  type HistoryEvent,
} from "../../../durable-task/model/history-event";
import { replayHistory as walkWith } from "../../../durable-task/replay/replayer";

const day = 86_400_000;
const limits = {
  maximumTimerMs: 6 * day,
  timerIntervalMs: 3 * day,
  httpSleepMs: 30_000,
};
const walk = (actions: readonly Action[], history: readonly HistoryEvent[]) =>
  walkWith(actions, ExecutionHistory.from([begun, ...history]), [begun], {
    isOver: false,
    limits,
  });
const begun = {
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

describe("walk", () => {
  test("numbers actions depth first, and waits for events take no number", () => {
    const { newRequests } = walk(
      [activity("a"), any(wait("e"), all(activity("b"), timer(false)))],
      [],
    );
    expect(newRequests.map(({ id, request }) => [id, request.kind])).toEqual([
      [0, "activity"],
      [1, "activity"],
      [2, "timer"],
    ]);
  });

  test("confirms what the history has and decides only what is new", () => {
    const { newRequests, problem } = walk(
      [activity("a"), activity("b")],
      [scheduled(0, "a"), completed(0)],
    );
    expect(problem).toBeUndefined();
    expect(newRequests).toMatchObject([{ id: 1, request: { name: "b" } }]);
  });

  test("is open while an activity that lost a race still runs", () => {
    const actions = [any(activity("slow"), timer(false))];
    const fired: HistoryEvent = {
      EventType: EventType.TimerFired,
      TimerId: 1,
      FireAt: Timestamp,
      Timestamp,
    };
    expect(walk(actions, [scheduled(0, "slow"), fired]).isOpen).toBe(true);
    expect(
      walk(actions, [scheduled(0, "slow"), fired, completed(0)]).isOpen,
    ).toBe(false);
  });

  test("is not held open by a cancelled timer, and names it", () => {
    const walked = walk([any(timer(true), wait("e"))], []);
    expect(walked.isOpen).toBe(false);
    expect(walked.cancelledTimers).toEqual([0]);
  });

  test("tells of another activity under a recorded id, with both names", () => {
    const { problem } = walk([activity("new")], [scheduled(0, "old")]);
    expect(problem).toContain("activity task with name 'old'");
    expect(problem).toContain("activity task with name 'new'");
  });

  test("tells of a recorded activity that is no longer called", () => {
    expect(walk([], [scheduled(0, "old")]).problem).toContain(
      "hasn't (yet?) scheduled this task",
    );
  });

  test("is settled when every activity of any nest has completed, in any order", () => {
    const nest: fc.Arbitrary<Action> = fc.letrec<{ action: Action }>((tie) => ({
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
    })).action;
    fc.assert(
      fc.property(
        fc.array(nest, { maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (actions, random) => {
          const { newRequests } = walk(actions, []);
          const events = newRequests.map(({ id, request }) =>
            scheduled(id, request.kind === "activity" ? request.name : ""),
          );
          const order = newRequests
            .map(({ id }) => ({ id, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at);
          const history = [...events, ...order.map(({ id }) => completed(id))];
          const end = walk(actions, history);
          expect(end).toMatchObject({ fresh: [], isOpen: false });
          expect(end.problem).toBeUndefined();
          if (order.length > 0)
            expect(walk(actions, history.slice(0, -1)).isOpen).toBe(true);
        },
      ),
    );
  });
});
