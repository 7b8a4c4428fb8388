import type { OrchestratorState } from "./actions";
import type { ExecutionHistory } from "./execution-history";
import { EventType, type HistoryEvent } from "../model/history-event";
import type { Replayer, ReplayResult } from "./replayer";

/**
 * Replays the actions of the function's state. A function that threw passes its actions as text, in which an action that is
 * listed twice looks like two actions. If that leads to a mismatch or to new tasks, only recorded decisions count.
 */
export function replayState(
  state: OrchestratorState,
  history: ExecutionHistory,
  newEvents: readonly HistoryEvent[],
  hasReturned: boolean,
  replayer: Replayer,
): ReplayResult {
  const isFinished = state.isDone || !hasReturned;
  const replay = replayer.replay(state.actions[0] ?? [], newEvents, isFinished);
  if (hasReturned) return replay;
  const isPlausible =
    replay.problem === undefined &&
    replay.newRequests.every(({ request }) => isEntityMessage(request.kind));
  if (isPlausible) return replay;
  return {
    ...replay,
    newRequests: [],
    problem: undefined,
    isOpen: hasUnsettledTasks(history, newEvents),
  };
}

const isEntityMessage = (kind: string): boolean =>
  kind === "entity" || kind === "lock" || kind === "release";

/** Whether recorded activities or child orchestrations have not settled. */
function hasUnsettledTasks(
  { decisionEvents, settledIds }: ExecutionHistory,
  newEvents: readonly HistoryEvent[],
): boolean {
  const settledNow = new Set(
    newEvents.flatMap((event) =>
      "TaskScheduledId" in event ? [event.TaskScheduledId] : [],
    ),
  );
  return decisionEvents.some(
    ({ EventType: type, EventId }) =>
      (type === EventType.TaskScheduled ||
        type === EventType.SubOrchestrationInstanceCreated) &&
      !settledIds.has(EventId) &&
      !settledNow.has(EventId),
  );
}
