import { EventType } from "../model/history-event";
import type { Instance } from "../model/instance";
import type { StoredEvent } from "../model/stored-event";

/** An exported event, with the field names of Durable Functions. */
export interface RecordedEvent {
  readonly EventType: number;
  /** ISO 8601 UTC. */
  readonly Timestamp: string;
  readonly [field: string]: unknown;
}

/** A self-contained history for replays: the events include the inputs, which the hub stores separately. */
export const toRecordedHistory = (
  { input }: Instance,
  stored: readonly StoredEvent[],
): readonly RecordedEvent[] =>
  stored.map(({ event, input: taskInput }) => {
    const recorded = { EventId: -1, IsPlayed: false, ...event };
    if (event.EventType === EventType.ExecutionStarted)
      return { ...recorded, Input: input };
    return event.EventType === EventType.TaskScheduled
      ? { ...recorded, Input: taskInput }
      : recorded;
  });
