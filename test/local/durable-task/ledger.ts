/** What the commits of a hub have recorded of the steps that cost something: by what each step was called with. */
import {
  EventType,
  type HistoryEvent,
} from "../../../src/local/durable-task/history-event";
import type { Commit } from "../../../src/local/durable-task/store";

export class Ledger {
  /** Attempts whose outcome is on disk, by call. */
  readonly recorded = new Map<string, number>();
  /** Ids of starts and names of events that came from clients and are on disk. */
  readonly requests = new Set<string>();
  readonly #calls = new Map<string, string>();

  add({ instances = [], histories = [], received = [] }: Commit): void {
    for (const { instanceId, parent } of instances)
      if (parent === null) this.requests.add(instanceId);
    for (const { message } of received)
      if (
        "event" in message &&
        message.event.EventType === EventType.EventRaised
      )
        this.requests.add(message.event.Name);
    for (const { instanceId, events } of histories)
      for (const { event, input } of events)
        this.#note(instanceId, event, input);
  }

  #note(instanceId: string, event: HistoryEvent, input: string | null): void {
    if (event.EventType === EventType.TaskScheduled)
      this.#calls.set(
        `${instanceId} ${event.EventId}`,
        `${event.Name} ${input ?? ""}`,
      );
    if (
      event.EventType !== EventType.TaskCompleted &&
      event.EventType !== EventType.TaskFailed
    )
      return;
    const call = this.#calls.get(`${instanceId} ${event.TaskScheduledId}`);
    if (call !== undefined) increment(this.recorded, call);
  }
}

export const increment = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
