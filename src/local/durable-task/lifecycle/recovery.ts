import type { Engine } from "../engine";
import {
  EventType,
  type HistoryEvent,
  isDecision,
  type MessageEvent,
} from "../history-event";
import type { Instance } from "../instance";
import { isForOrchestration, type Message } from "../message";
import type { Orchestrations } from "../orchestrations/orchestrations";
import type { StoredEvent } from "../store/store";

/**
 * Takes up the work that an earlier process left: activities whose result is nowhere on disk run again, timers are
 * set again, and messages not yet dealt with are delivered again, in their order.
 */
export function recover(engine: Engine, orchestrations: Orchestrations): void {
  const { store, post } = engine;
  const inbox = store.inbox();
  const waiting = new Map<string, Message[]>();
  for (const { to, message } of inbox) {
    const messages = waiting.get(to) ?? [];
    waiting.set(to, messages);
    messages.push(message);
  }
  for (const instance of store.unfinished()) {
    const history = store.history(instance.instanceId);
    takeUp(orchestrations, instance, history, waiting.get(instance.instanceId));
  }
  post.deliver(inbox);
}

/** Goes on with an instance that has a past: what it waits for and nobody brings any more is set going again. */
export function takeUp(
  orchestrations: Orchestrations,
  instance: Instance,
  history: readonly StoredEvent[],
  messages?: readonly Message[],
): void {
  const active = orchestrations.add(instance);
  const settled = settledIds(history, messages);
  for (const { event, input } of history) {
    if (!isDecision(event) || settled.has(event.EventId)) continue;
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
  messages: readonly Message[] = [],
): ReadonlySet<number> {
  const events = messages.filter(isForOrchestration).map(({ event }) => event);
  return new Set(
    [...history.map(({ event }) => event), ...events].flatMap(settledId),
  );
}

function settledId(event: HistoryEvent | MessageEvent): number[] {
  if ("TaskScheduledId" in event) return [event.TaskScheduledId];
  return "TimerId" in event ? [event.TimerId] : [];
}
