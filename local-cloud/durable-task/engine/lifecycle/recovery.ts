import {
  EventType,
  type HistoryEvent,
  isDecisionEvent,
  type MessageEvent,
} from "../../model/history-event";
import {
  type HubMessage,
  isOrchestrationMessage,
  type OrchestrationMessage,
} from "../../model/hub-message";
import type { Instance } from "../../model/instance";
import type { StoredEvent } from "../../model/stored-event";
import type { EngineContext } from "../engine-context";
import type { OrchestrationDispatcher } from "../orchestrations/orchestration-dispatcher";

/**
 * Resumes the work of an earlier process: activities without a durable result run again, timers are set again, and
 * unprocessed messages are delivered again in their order.
 */
export function recoverHub(
  { store, outbox }: EngineContext,
  orchestrations: OrchestrationDispatcher,
): void {
  const inbox = store.inbox();
  const messagesByReceiver = new Map<string, HubMessage[]>();
  for (const { to, message } of inbox) {
    const messages = messagesByReceiver.get(to) ?? [];
    messagesByReceiver.set(to, messages);
    messages.push(message);
  }
  for (const instance of store.unfinished()) {
    const { instanceId } = instance;
    resumeWork(
      orchestrations,
      instance,
      store.history(instanceId),
      messagesByReceiver.get(instanceId),
    );
  }
  outbox.deliver(inbox);
}

/** Activates a durable instance and schedules its activities and timers that have no outcome yet. */
export function resumeWork(
  orchestrations: OrchestrationDispatcher,
  instance: Instance,
  history: readonly StoredEvent[],
  messages: readonly HubMessage[] = [],
): void {
  const active = orchestrations.activate(instance);
  const settled = collectSettledIds(
    history,
    messages.filter(isOrchestrationMessage).filter(
      // An earlier execution gave its ids to other tasks.
      ({ executionId }) =>
        executionId === null || executionId === instance.executionId,
    ),
  );
  for (const { event, input } of history) {
    if (!isDecisionEvent(event) || settled.has(event.EventId)) continue;
    if (event.EventType === EventType.TaskScheduled)
      orchestrations.work.startActivity(active, {
        taskId: event.EventId,
        name: event.Name,
        input,
      });
    if (event.EventType === EventType.TimerCreated)
      orchestrations.work.setTimer(
        active,
        event.EventId,
        Date.parse(event.FireAt),
      );
  }
}

/** Ids of tasks and timers whose outcome is in the history or in the inbox. */
function collectSettledIds(
  history: readonly StoredEvent[],
  messages: readonly OrchestrationMessage[],
): ReadonlySet<number> {
  const received = messages.map(({ event }) => event);
  return new Set(
    [...history.map(({ event }) => event), ...received].flatMap(settledId),
  );
}

function settledId(event: HistoryEvent | MessageEvent): number[] {
  if ("TaskScheduledId" in event) return [event.TaskScheduledId];
  return "TimerId" in event ? [event.TimerId] : [];
}
