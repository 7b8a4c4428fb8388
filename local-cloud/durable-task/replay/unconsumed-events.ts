import { type Action, ActionType, flattenActions } from "./actions";
import {
  EventType,
  type HistoryEvent,
  type MessageEvent,
} from "../model/history-event";

type Raised = Extract<
  MessageEvent,
  { EventType: typeof EventType.EventRaised }
>;

/**
 * The events that an execution was sent but never waited for: they go to the next one of a continue-as-new. (The real
 * host loses those delivered before the decision; here nothing that a client was told is accepted gets lost.)
 * Waits take events of their name oldest first, so what is left are the newest.
 */
export function findUnconsumedEvents(
  actions: readonly Action[],
  history: readonly HistoryEvent[],
): readonly Raised[] {
  const waits = new Map<string, number>();
  for (const action of flattenActions(actions))
    if (action.actionType === ActionType.WaitForExternalEvent) {
      const name = action.externalEventName;
      waits.set(name, (waits.get(name) ?? 0) + 1);
    }
  const answers = new Set(history.flatMap(requestId));
  const left: Raised[] = [];
  for (const event of history) {
    if (event.EventType !== EventType.EventRaised) continue;
    if (answers.has(event.Name)) continue;
    const waiting = waits.get(event.Name) ?? 0;
    if (waiting > 0) waits.set(event.Name, waiting - 1);
    else {
      const { EventType: type, Name, Input } = event;
      left.push({ EventType: type, Name, Input });
    }
  }
  return left;
}

/** The id under which an entity answers: such events belong to the call, not to a wait. */
function requestId(event: HistoryEvent): string[] {
  if (event.EventType !== EventType.EventSent) return [];
  const request = JSON.parse(event.Input) as { readonly id: string };
  return [request.id];
}
