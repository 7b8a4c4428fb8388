/**
 * Finds, in the history of an orchestration, the failures that ended it. These are all failures that it did not handle.
 *
 * U1. A retry handles a failure: the episode of the failure created a timer, and the same task was scheduled when it fired.
 *     Timers are created in the order of the failures.
 * U2. Any other decision in the episode of the failure handles it.
 * U3. The timer that the client library creates after the last attempt handles no failure: when it fires, the orchestration
 *     ends.
 */
import {
  type DecisionEvent,
  EventType,
  type HistoryEvent,
  isDecisionEvent,
} from "../../model/history-event";
import type { StoredEvent } from "../../model/stored-event";

/** Ids that a rewind removes. */
export interface UncaughtFailures {
  /** Tasks whose failure ended the orchestration. */
  readonly failed: ReadonlySet<number>;
  /** Decisions after which only the end followed: a signal in a `catch` that throws again, the timer after the last attempt. */
  readonly finalDecisions: ReadonlySet<number>;
}

interface PastEpisode {
  /** Ids of tasks that failed. */
  readonly failures: number[];
  /** Ids of timers that fired. */
  readonly fired: number[];
  readonly decisions: DecisionEvent[];
  isLast: boolean;
}

export function findUncaughtFailures(
  history: readonly StoredEvent[],
): UncaughtFailures {
  const episodes = toEpisodes(history);
  const keys = new Map(history.flatMap(taskKeyEntry));
  const keyOf = (id: number): string => keys.get(id) ?? `id ${id}`;
  const failedKeys = new Set(
    episodes.flatMap(({ failures }) => failures.map(keyOf)),
  );
  /** The keys of the decisions in the episode in which the timer fired; undefined when that episode was the last. */
  const keysAfterTimer = (
    timer: DecisionEvent,
  ): readonly string[] | undefined => {
    const episode = episodes.find(({ fired }) => fired.includes(timer.EventId));
    return episode?.isLast
      ? undefined
      : (episode?.decisions ?? []).map(({ EventId }) => keyOf(EventId));
  };
  const failed = new Set<number>();
  const finalDecisions = new Set<number>();
  for (const { failures, decisions, isLast } of episodes) {
    if (isLast)
      for (const { EventId } of decisions) finalDecisions.add(EventId);
    const timers = isLast ? [] : decisions.filter(isTimer);
    const retryTimers = new Set<number>();
    const withoutTimer = failures.filter((id) => {
      const [timer] = timers;
      if (timer === undefined) return true;
      const nextKeys = keysAfterTimer(timer);
      const isRetry = nextKeys?.includes(keyOf(id)) ?? false;
      const isLastAttempt =
        nextKeys?.every((key) => failedKeys.has(key)) ?? true;
      if (!isRetry && !isLastAttempt) return true;
      timers.shift();
      retryTimers.add(timer.EventId);
      if (isRetry) return false;
      finalDecisions.add(timer.EventId);
      failed.add(id);
      return false;
    });
    const hasOtherDecisions = decisions.some(
      ({ EventId }) =>
        !retryTimers.has(EventId) && !failedKeys.has(keyOf(EventId)),
    );
    if (isLast || !hasOtherDecisions)
      for (const id of withoutTimer) failed.add(id);
  }
  return { failed, finalDecisions };
}

const isTimer = ({ EventType: type }: DecisionEvent): boolean =>
  type === EventType.TimerCreated;

/** Attempts of the same task have the same key. Function names are case-insensitive. */
function taskKeyEntry({ event, input }: StoredEvent): [number, string][] {
  return event.EventType === EventType.TaskScheduled ||
    event.EventType === EventType.SubOrchestrationInstanceCreated
    ? [[event.EventId, `${event.Name.toLowerCase()} ${input ?? ""}`]]
    : [];
}

function toEpisodes(history: readonly StoredEvent[]): readonly PastEpisode[] {
  const episodes: PastEpisode[] = [];
  for (const { event } of history) {
    if (event.EventType === EventType.OrchestratorStarted)
      episodes.push({ failures: [], fired: [], decisions: [], isLast: false });
    const current = episodes.at(-1);
    if (current) addToEpisode(current, event);
  }
  return episodes;
}

function addToEpisode(episode: PastEpisode, event: HistoryEvent): void {
  if (isDecisionEvent(event)) episode.decisions.push(event);
  if ("TimerId" in event) episode.fired.push(event.TimerId);
  if ("TaskScheduledId" in event && "Reason" in event)
    episode.failures.push(event.TaskScheduledId);
  if (event.EventType === EventType.ExecutionCompleted) episode.isLast = true;
}
