import type { ExecutionHistory } from "./execution-history";
import {
  EventType,
  type HistoryEvent,
  isControlEvent,
  type MessageEvent,
} from "../model/history-event";
import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../model/hub-message";
import { type Instance, isInstanceEnded } from "../model/instance";

/** The first half of an episode: the new events, and whether the orchestrator function has to run. */
export interface EpisodeStart {
  readonly instance: Instance;
  /** Begins with OrchestratorStarted; empty when no delivery was accepted. */
  readonly newEvents: readonly HistoryEvent[];
  /** Deliveries to process after the instance is resumed. */
  readonly held: readonly MessageDelivery<OrchestrationMessage>[];
  /** Ids of processed inbox rows. */
  readonly consumed: readonly number[];
  readonly next: "run" | "terminate" | "skip";
}

/** Accepts the deliveries of an instance. This is the only function that drops late, foreign and duplicate messages. */
export function startEpisode(
  instance: Instance,
  history: ExecutionHistory,
  deliveries: readonly MessageDelivery<OrchestrationMessage>[],
  now: number,
): EpisodeStart {
  const seen = new Set<string>();
  const accepted: MessageEvent[] = [];
  const held: MessageDelivery<OrchestrationMessage>[] = [];
  let isSuspended = instance.status === "Suspended";
  for (const delivery of deliveries) {
    const { event } = delivery.message;
    if (!isAcceptable(instance, history, delivery.message, seen)) continue;
    if (isSuspended && !isControlEvent(event)) {
      held.push(delivery);
      continue;
    }
    const key = uniqueKey(event);
    if (key !== undefined) seen.add(key);
    if (event.EventType === EventType.ExecutionSuspended) isSuspended = true;
    if (event.EventType === EventType.ExecutionResumed) {
      isSuspended = false;
      // In the order of their arrival, as on Azure: messages of the suspension precede its end.
      for (const { message } of held.splice(0)) accepted.push(message.event);
    }
    accepted.push(event);
  }
  return {
    instance:
      accepted.length > 0
        ? toActive(instance, accepted, isSuspended, now)
        : instance,
    newEvents: toHistoryEvents(accepted, now),
    held,
    consumed: deliveries
      .filter((delivery) => !held.includes(delivery))
      .flatMap(({ inboxId }) => inboxId ?? []),
    next: nextStep(accepted, isSuspended),
  };
}

const toActive = (
  instance: Instance,
  accepted: readonly MessageEvent[],
  isSuspended: boolean,
  now: number,
): Instance => ({
  ...instance,
  status: isSuspended ? "Suspended" : "Running",
  output: isSuspended ? findSuspendReason(accepted, instance) : null,
  updatedAt: now,
});

/** The output of a suspended instance is the reason of the latest suspension. */
function findSuspendReason(
  accepted: readonly MessageEvent[],
  { output }: Instance,
): string | null {
  const suspended = accepted.findLast(
    (event) => event.EventType === EventType.ExecutionSuspended,
  );
  return suspended && "Reason" in suspended ? suspended.Reason : output;
}

function toHistoryEvents(
  accepted: readonly MessageEvent[],
  now: number,
): readonly HistoryEvent[] {
  if (accepted.length === 0) return [];
  // The machine's clock can be behind the time of a timer that has fired.
  const startedAt = Math.max(
    now,
    ...accepted.map((event) =>
      event.EventType === EventType.TimerFired ? Date.parse(event.FireAt) : 0,
    ),
  );
  const Timestamp = new Date(startedAt).toISOString();
  const started = { EventType: EventType.OrchestratorStarted, Timestamp };
  return [started, ...accepted.map((event) => ({ ...event, Timestamp }))];
}

function nextStep(
  accepted: readonly MessageEvent[],
  isSuspended: boolean,
): EpisodeStart["next"] {
  if (
    accepted.some((event) => event.EventType === EventType.ExecutionTerminated)
  )
    return "terminate";
  return accepted.length === 0 || isSuspended ? "skip" : "run";
}

function isAcceptable(
  instance: Instance,
  history: ExecutionHistory,
  { executionId, event }: OrchestrationMessage,
  seen: ReadonlySet<string>,
): boolean {
  if (isInstanceEnded(instance)) return false;
  if (executionId !== null && executionId !== instance.executionId)
    return false;
  const key = uniqueKey(event);
  return !isRecorded(history, event) && (key === undefined || !seen.has(key));
}

/** Whether the history contains the outcome of that task or timer, or the start, already. */
function isRecorded(history: ExecutionHistory, event: MessageEvent): boolean {
  if ("TaskScheduledId" in event)
    return history.settledIds.has(event.TaskScheduledId);
  if ("TimerId" in event) return history.settledIds.has(event.TimerId);
  return event.EventType === EventType.ExecutionStarted && history.isStarted;
}

/** Identifies an event that an execution accepts once; undefined for events that may repeat. */
function uniqueKey(event: MessageEvent): string | undefined {
  if ("TaskScheduledId" in event) return `task ${event.TaskScheduledId}`;
  if ("TimerId" in event) return `timer ${event.TimerId}`;
  return event.EventType === EventType.ExecutionStarted ? "start" : undefined;
}
