import type { EngineContext } from "../engine-context";
import {
  EventType,
  type HistoryEvent,
  isDecisionEvent,
  type MessageEvent,
} from "../../model/history-event";
import type { Instance } from "../../model/instance";
import {
  isOrchestrationMessage,
  type HubMessage,
} from "../../model/hub-message";
import type { OrchestrationDispatcher } from "../orchestrations/orchestration-dispatcher";
import type { StoredEvent } from "../../store/task-hub-store";

/**
 * Takes up the work that an earlier process left: activities whose result is nowhere on disk run again, timers are
 * set again, and messages not yet dealt with are delivered again, in their order.
 */
export function recoverHub(
  engine: EngineContext,
  orchestrations: OrchestrationDispatcher,
): void {
  const { store, outbox } = engine;
  const inbox = store.inbox();
  const waiting = new Map<string, HubMessage[]>();
  for (const { to, message } of inbox) {
    const messages = waiting.get(to) ?? [];
    waiting.set(to, messages);
    messages.push(message);
  }
  for (const instance of store.unfinished()) {
    const history = store.history(instance.instanceId);
    resumeWork(
      orchestrations,
      instance,
      history,
      waiting.get(instance.instanceId),
    );
  }
  outbox.deliver(inbox);
}

/** Goes on with an instance that has a past: what it waits for and nobody brings any more is set going again. */
export function resumeWork(
  orchestrations: OrchestrationDispatcher,
  instance: Instance,
  history: readonly StoredEvent[],
  messages?: readonly HubMessage[],
): void {
  const active = orchestrations.activate(instance);
  const settled = settledIds(history, messages);
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
function settledIds(
  history: readonly StoredEvent[],
  messages: readonly HubMessage[] = [],
): ReadonlySet<number> {
  const events = messages
    .filter(isOrchestrationMessage)
    .map(({ event }) => event);
  return new Set(
    [...history.map(({ event }) => event), ...events].flatMap(settledId),
  );
}

function settledId(event: HistoryEvent | MessageEvent): number[] {
  if ("TaskScheduledId" in event) return [event.TaskScheduledId];
  return "TimerId" in event ? [event.TimerId] : [];
}
