import type { ExecutionHistory } from "./execution-history";
import {
  EventType,
  type HistoryEvent,
  serializeForLibrary,
  type MessageEvent,
} from "../model/history-event";
import { isInstanceEnded, type Instance } from "../model/instance";
import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../model/hub-message";
import type { ReplayLimits } from "./limits";

/** The first half of an episode: what has arrived, and whether the orchestrator function has to run over it. */
export interface EpisodeStart {
  readonly instance: Instance;
  /** New events, an OrchestratorStarted first; empty when nothing of what came counts. */
  readonly newEvents: readonly HistoryEvent[];
  /** Kept for later because the instance is suspended. */
  readonly held: readonly MessageDelivery<OrchestrationMessage>[];
  /** Inbox rows that are dealt with. */
  readonly consumed: readonly number[];
  readonly next: "run" | "terminate" | "rest";
}

/** Sorts what has come for an instance. Late, foreign and repeated messages are dropped here and nowhere else. */
export function startEpisode(
  instance: Instance,
  history: ExecutionHistory,
  deliveries: readonly MessageDelivery<OrchestrationMessage>[],
  now: number,
): EpisodeStart {
  const seen = new Set<string>();
  const taken: MessageEvent[] = [];
  const held: MessageDelivery<OrchestrationMessage>[] = [];
  let suspended = instance.status === "Suspended";
  for (const delivery of deliveries) {
    const { event } = delivery.message;
    if (!counts(instance, history, delivery.message, seen)) continue;
    if (suspended && !isControl(event)) {
      held.push(delivery);
      continue;
    }
    const key = identity(event);
    if (key !== "") seen.add(key);
    taken.push(event);
    if (event.EventType === EventType.ExecutionSuspended) suspended = true;
    if (event.EventType === EventType.ExecutionResumed) {
      suspended = false;
      for (const { message } of held.splice(0)) taken.push(message.event);
    }
  }
  return {
    instance: taken.length > 0 ? awake(instance, suspended, now) : instance,
    newEvents: stamped(taken, now),
    held,
    consumed: deliveries
      .filter((delivery) => !held.includes(delivery))
      .flatMap(({ inboxId }) => inboxId ?? []),
    next: nextOf(taken, suspended),
  };
}

/**
 * The invocation's input: `durable-functions` reads these fields and no others. Schema 3 is its latest. `isPlayed` says
 * that the function has met what has arrived before, in a session.
 */
export const serializeOrchestrationTrigger = (
  { instance, newEvents }: EpisodeStart,
  past: readonly string[],
  { maximumTimerMs, timerIntervalMs, httpSleepMs }: ReplayLimits,
  isPlayed = false,
): string =>
  `{"history":[${[...past, ...newEvents.flatMap((event) => serializeForLibrary(event, isPlayed) ?? [])].join(",")}],` +
  `"input":${instance.input ?? "null"},"instanceId":${JSON.stringify(instance.instanceId)},` +
  `"isReplaying":${past.length > 0},"parentInstanceId":${JSON.stringify(instance.parent?.instanceId ?? null)},` +
  `"upperSchemaVersion":1,"upperSchemaVersionNew":3,"maximumShortTimerDuration":"${timeSpan(maximumTimerMs)}",` +
  `"longRunningTimerIntervalDuration":"${timeSpan(timerIntervalMs)}","defaultHttpAsyncRequestSleepTimeMillseconds":${httpSleepMs}}`;

/** Whole days, in the notation of .NET. */
const timeSpan = (ms: number): string => `${ms / 86_400_000}.00:00:00`;

const awake = (
  instance: Instance,
  suspended: boolean,
  now: number,
): Instance => ({
  ...instance,
  status: suspended ? "Suspended" : "Running",
  updatedAt: now,
});

function stamped(
  taken: readonly MessageEvent[],
  now: number,
): readonly HistoryEvent[] {
  if (taken.length === 0) return [];
  // A timer never fires before its time, whatever the clock of the machine says.
  const at = Math.max(
    now,
    ...taken.map((event) =>
      event.EventType === EventType.TimerFired ? Date.parse(event.FireAt) : 0,
    ),
  );
  const Timestamp = new Date(at).toISOString();
  const started = { EventType: EventType.OrchestratorStarted, Timestamp };
  return [started, ...taken.map((event) => ({ ...event, Timestamp }))];
}

function nextOf(
  taken: readonly MessageEvent[],
  suspended: boolean,
): EpisodeStart["next"] {
  if (taken.some((event) => event.EventType === EventType.ExecutionTerminated))
    return "terminate";
  return taken.length === 0 || suspended ? "rest" : "run";
}

const isControl = ({ EventType: type }: MessageEvent): boolean =>
  type === EventType.ExecutionTerminated ||
  type === EventType.ExecutionSuspended ||
  type === EventType.ExecutionResumed;

function counts(
  instance: Instance,
  history: ExecutionHistory,
  { executionId, event }: OrchestrationMessage,
  seen: ReadonlySet<string>,
): boolean {
  if (isInstanceEnded(instance)) return false;
  if (executionId !== null && executionId !== instance.executionId)
    return false;
  return !hasCome(history, event) && !seen.has(identity(event));
}

/** Whether the history has the outcome of that task or timer, or the start, already. */
function hasCome(history: ExecutionHistory, event: MessageEvent): boolean {
  if ("TaskScheduledId" in event)
    return history.settledIds.has(event.TaskScheduledId);
  if ("TimerId" in event) return history.settledIds.has(event.TimerId);
  return event.EventType === EventType.ExecutionStarted && history.isStarted;
}

/** What an execution can meet only once; the empty string for what may come any number of times. */
function identity(event: MessageEvent): string {
  if ("TaskScheduledId" in event) return `task ${event.TaskScheduledId}`;
  if ("TimerId" in event) return `timer ${event.TimerId}`;
  return event.EventType === EventType.ExecutionStarted ? "start" : "";
}
