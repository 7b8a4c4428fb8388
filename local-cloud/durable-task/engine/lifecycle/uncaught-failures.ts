/**
 * Which failures have ended an orchestration, read off its history. It has gone on from a failure
 *
 * U1. by trying again: a timer was set when the failure came, and when that fired the same was asked for once more;
 * U2. or by deciding something else in the same episode.
 *
 * All others led to nothing but the end. The client library also sets a timer after the last attempt; what that brings
 * is the end. Timers are set in the order of the failures that they answer.
 */
import {
  type DecisionEvent,
  EventType,
  type HistoryEvent,
  isDecisionEvent,
} from "../../model/history-event";
import type { StoredEvent } from "../../store/task-hub-store";

/** Ids of what a rewind takes back. */
export interface UncaughtFailures {
  /** Tasks whose failure ended the orchestration. */
  readonly failed: ReadonlySet<number>;
  /** What was sent off on the way out: a signal in a `catch` that throws again, the timer after a last attempt. */
  readonly finalDecisions: ReadonlySet<number>;
}

/** What one episode learned and what it decided. */
interface PastEpisode {
  readonly failures: number[];
  readonly fired: number[];
  readonly decisions: DecisionEvent[];
  isLast: boolean;
}

export function findUncaughtFailures(
  history: readonly StoredEvent[],
): UncaughtFailures {
  const past = episodes(history);
  const keys = new Map(history.flatMap(taskKey));
  const keyOf = (id: number): string => keys.get(id) ?? `id ${id}`;
  const failedKeys = new Set(
    past.flatMap(({ failures }) => failures.map(keyOf)),
  );
  /** The keys of what was asked for when the timer fired; undefined when that ended the instance. */
  const broughtBy = (timer: DecisionEvent): readonly string[] | undefined => {
    const at = past.find(({ fired }) => fired.includes(timer.EventId));
    return at?.isLast
      ? undefined
      : (at?.decisions ?? []).map(({ EventId }) => keyOf(EventId));
  };
  const failed = new Set<number>();
  const partingShots = new Set<number>();
  for (const { failures, decisions, isLast } of past) {
    if (isLast) for (const { EventId } of decisions) partingShots.add(EventId);
    const timers = isLast ? [] : decisions.filter(isTimer);
    const answered = new Set<number>();
    const unanswered = failures.filter((id) => {
      const [timer] = timers;
      if (timer === undefined) return true;
      const brought = broughtBy(timer);
      const isRetry = brought?.includes(keyOf(id)) ?? false;
      const isVain = brought?.every((key) => failedKeys.has(key)) ?? true;
      if (!isRetry && !isVain) return true;
      timers.shift();
      answered.add(timer.EventId);
      if (isRetry) return false;
      partingShots.add(timer.EventId);
      failed.add(id);
      return false;
    });
    const wentOn = decisions.some(
      ({ EventId }) =>
        !answered.has(EventId) && !failedKeys.has(keyOf(EventId)),
    );
    if (isLast || !wentOn) for (const id of unanswered) failed.add(id);
  }
  return { failed, finalDecisions: partingShots };
}

const isTimer = ({ EventType: type }: DecisionEvent): boolean =>
  type === EventType.TimerCreated;

/** Two attempts at the same have the same key. Names of functions may be written in any case. */
function taskKey({ event, input }: StoredEvent): [number, string][] {
  return event.EventType === EventType.TaskScheduled ||
    event.EventType === EventType.SubOrchestrationInstanceCreated
    ? [[event.EventId, `${event.Name.toLowerCase()} ${input ?? ""}`]]
    : [];
}

function episodes(history: readonly StoredEvent[]): readonly PastEpisode[] {
  const past: PastEpisode[] = [];
  for (const { event } of history) {
    if (event.EventType === EventType.OrchestratorStarted)
      past.push({ failures: [], fired: [], decisions: [], isLast: false });
    const current = past.at(-1);
    if (current) take(current, event);
  }
  return past;
}

function take(current: PastEpisode, event: HistoryEvent): void {
  if (isDecisionEvent(event)) current.decisions.push(event);
  if ("TimerId" in event) current.fired.push(event.TimerId);
  if ("TaskScheduledId" in event && "Reason" in event)
    current.failures.push(event.TaskScheduledId);
  if (event.EventType === EventType.ExecutionCompleted) current.isLast = true;
}
