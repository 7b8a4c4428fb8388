import { type Action, ActionType, flattenActions } from "./actions";
import {
  EventType,
  type HistoryEvent,
  type MessageEvent,
  parseRequestId,
} from "../model/history-event";

type RaisedEvent = Extract<
  MessageEvent,
  { EventType: typeof EventType.EventRaised }
>;

/**
 * Finds the external events that no wait of the execution has consumed. Continue-as-new passes them to the next execution.
 * (Azure loses the events that were delivered before the decision.)
 *
 * Waits consume the events of their name oldest first, so the newest remain.
 */
export function findUnconsumedEvents(
  actions: readonly Action[],
  history: readonly HistoryEvent[],
): readonly RaisedEvent[] {
  const waits = new Map<string, number>();
  for (const action of flattenActions(actions))
    if (action.actionType === ActionType.WaitForExternalEvent) {
      const name = action.externalEventName;
      waits.set(name, (waits.get(name) ?? 0) + 1);
    }
  const entityResponses = new Set(history.flatMap(entityResponseName));
  const unconsumed: RaisedEvent[] = [];
  for (const event of history) {
    if (event.EventType !== EventType.EventRaised) continue;
    if (entityResponses.has(event.Name)) continue;
    const waiting = waits.get(event.Name) ?? 0;
    if (waiting > 0) waits.set(event.Name, waiting - 1);
    else {
      const { EventType: type, Name, Input } = event;
      unconsumed.push({ EventType: type, Name, Input });
    }
  }
  return unconsumed;
}

function entityResponseName(event: HistoryEvent): string[] {
  if (event.EventType !== EventType.EventSent) return [];
  const id = parseRequestId(event);
  return id === null ? [] : [id];
}
