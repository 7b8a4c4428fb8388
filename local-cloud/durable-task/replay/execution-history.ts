import {
  type DecisionEvent,
  EventType,
  type HistoryEvent,
  isDecisionEvent,
  serializeForLibrary,
  parseRequestId,
} from "../model/history-event";

/** The time at which an episode began, in milliseconds, or an event that brought something. */
export type ReplayItem = number | HistoryEvent;

/** What a walk plays of an event: nothing of decisions, which it looks up by their ids. */
export function toReplayItems(event: HistoryEvent): readonly ReplayItem[] {
  if (event.EventType === EventType.OrchestratorStarted)
    return [Date.parse(event.Timestamp)];
  return isDecisionEvent(event) ||
    event.EventType === EventType.OrchestratorCompleted
    ? []
    : [event];
}

/**
 * The history of one execution as episodes work with it: the events, and what would otherwise be looked up in them
 * again in every episode. It only grows.
 */
export class ExecutionHistory {
  readonly events: HistoryEvent[] = [];
  /** What the client library is given of the events that it reads. */
  readonly serializedEvents: string[] = [];
  /** What a walk plays, in order. */
  readonly replayItems: ReplayItem[] = [];
  /** Decisions in the order in which they were taken, and by their id. */
  readonly decisionEvents: DecisionEvent[] = [];
  readonly decisionsById = new Map<number, DecisionEvent>();
  /** Under which id the answer to a message comes, by the message's event id. */
  readonly requestIds = new Map<number, string>();
  /** In which episode, counted from 0, a decision was taken. */
  readonly episodeOf = new Map<number, number>();
  /** Ids of tasks and timers that have settled. */
  readonly settledIds = new Set<number>();
  isStarted = false;
  #episodes = 0;

  static from(events: readonly HistoryEvent[]): ExecutionHistory {
    const history = new ExecutionHistory();
    history.append(events);
    return history;
  }

  /** How many episodes there were. */
  get episodeCount(): number {
    return this.#episodes;
  }

  append(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#add(event);
  }

  #add(event: HistoryEvent): void {
    this.events.push(event);
    const text = serializeForLibrary(event, true);
    if (text !== undefined) this.serializedEvents.push(text);
    this.replayItems.push(...toReplayItems(event));
    if (event.EventType === EventType.OrchestratorStarted) this.#episodes += 1;
    else if (isDecisionEvent(event)) {
      this.decisionEvents.push(event);
      this.decisionsById.set(event.EventId, event);
      this.episodeOf.set(event.EventId, this.#episodes - 1);
      const id =
        event.EventType === EventType.EventSent ? parseRequestId(event) : null;
      if (id !== null) this.requestIds.set(event.EventId, id);
    } else if ("TaskScheduledId" in event)
      this.settledIds.add(event.TaskScheduledId);
    else if ("TimerId" in event) this.settledIds.add(event.TimerId);
    else if (event.EventType === EventType.ExecutionStarted)
      this.isStarted = true;
  }
}
