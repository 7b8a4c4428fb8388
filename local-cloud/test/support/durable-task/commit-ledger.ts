/** What the commits of a hub have recorded of the steps that cost something: by what each step was called with. */
import {
  EventType,
  type HistoryEvent,
} from "../../../durable-task/model/history-event";
import type { HubCommit } from "../../../durable-task/store/task-hub-store";

export class CommitLedger {
  /** Attempts whose outcome is on disk, by call. */
  readonly recorded = new Map<string, number>();
  isStarted = false;
  /** How many events from clients are on disk. */
  events = 0;
  readonly #calls = new Map<string, string>();

  add(commit: HubCommit): void {
    const { instances = [], histories = [], received = [] } = commit;
    this.isStarted ||= instances.some(({ parent }) => parent === null);
    // Only a client sends without having taken a step.
    if (Object.keys(commit).join() === "received")
      this.events += received.length;
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
    if (call !== undefined) incrementCount(this.recorded, call);
  }
}

export const incrementCount = (
  counts: Map<string, number>,
  key: string,
): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
