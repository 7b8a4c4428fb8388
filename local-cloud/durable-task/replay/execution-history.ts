import {
  type DecisionEvent,
  EventType,
  type HistoryEvent,
  isDecisionEvent,
  parseRequestId,
  serializeForLibrary,
} from "../model/history-event";

/** The start time of an episode in milliseconds, or an event that the replay applies. */
export type ReplayItem = number | HistoryEvent;

/** Omits decisions, which the replay looks up by id. */
export function toReplayItems(event: HistoryEvent): readonly ReplayItem[] {
  if (event.EventType === EventType.OrchestratorStarted)
    return [Date.parse(event.Timestamp)];
  return isDecisionEvent(event) ||
    event.EventType === EventType.OrchestratorCompleted
    ? []
    : [event];
}

/** The append-only history of one execution, with indexes, so that an episode does not have to search all events. */
export class ExecutionHistory {
  readonly events: HistoryEvent[] = [];
  /** The events that the client library reads, as JSON text. */
  readonly serializedEvents: string[] = [];
  readonly replayItems: ReplayItem[] = [];
  readonly decisionEvents: DecisionEvent[] = [];
  readonly decisionsById = new Map<number, DecisionEvent>();
  /** The name of the response event, by the event id of the message to the entity. */
  readonly requestIds = new Map<number, string>();
  /** The number of the episode, counted from 0, by the id of the decision. */
  readonly episodeOf = new Map<number, number>();
  /** Ids of settled tasks and timers. */
  readonly settledIds = new Set<number>();
  isStarted = false;
  #episodeCount = 0;

  static from(events: readonly HistoryEvent[]): ExecutionHistory {
    const history = new ExecutionHistory();
    history.append(events);
    return history;
  }

  get episodeCount(): number {
    return this.#episodeCount;
  }

  append(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#add(event);
  }

  #add(event: HistoryEvent): void {
    this.events.push(event);
    const text = serializeForLibrary(event, true);
    if (text !== undefined) this.serializedEvents.push(text);
    this.replayItems.push(...toReplayItems(event));
    if (event.EventType === EventType.OrchestratorStarted)
      this.#episodeCount += 1;
    else if (isDecisionEvent(event)) this.#addDecision(event);
    else if ("TaskScheduledId" in event)
      this.settledIds.add(event.TaskScheduledId);
    else if ("TimerId" in event) this.settledIds.add(event.TimerId);
    else if (event.EventType === EventType.ExecutionStarted)
      this.isStarted = true;
  }

  #addDecision(event: DecisionEvent): void {
    this.decisionEvents.push(event);
    this.decisionsById.set(event.EventId, event);
    this.episodeOf.set(event.EventId, this.#episodeCount - 1);
    const id =
      event.EventType === EventType.EventSent ? parseRequestId(event) : null;
    if (id !== null) this.requestIds.set(event.EventId, id);
  }
}
