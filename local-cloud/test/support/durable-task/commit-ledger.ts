/** Counts, from the commits of a hub, the activity attempts and client events that are durable. */
import {
  EventType,
  type HistoryEvent,
} from "../../../durable-task/model/history-event";
import type { HubCommit } from "../../../durable-task/store/task-hub-store";

export class CommitLedger {
  /** Number of attempts with a recorded outcome, by name and input of the activity. */
  readonly recordedAttempts = new Map<string, number>();
  /** Whether the start of the orchestration is durable. */
  isStarted = false;
  /** Number of durable events from clients. */
  clientEvents = 0;
  readonly #callsByTask = new Map<string, string>();

  add(commit: HubCommit): void {
    const { instances = [], histories = [], received = [] } = commit;
    this.isStarted ||= instances.some(({ parent }) => parent === null);
    // Only a message from a client has a commit without an episode.
    if (Object.keys(commit).join() === "received")
      this.clientEvents += received.length;
    for (const { instanceId, events } of histories)
      for (const { event, input } of events)
        this.#countAttempt(instanceId, event, input);
  }

  #countAttempt(
    instanceId: string,
    event: HistoryEvent,
    input: string | null,
  ): void {
    if (event.EventType === EventType.TaskScheduled)
      this.#callsByTask.set(
        `${instanceId} ${event.EventId}`,
        `${event.Name} ${input ?? ""}`,
      );
    if (
      event.EventType !== EventType.TaskCompleted &&
      event.EventType !== EventType.TaskFailed
    )
      return;
    const call = this.#callsByTask.get(
      `${instanceId} ${event.TaskScheduledId}`,
    );
    if (call !== undefined) incrementCount(this.recordedAttempts, call);
  }
}

export const incrementCount = (
  counts: Map<string, number>,
  key: string,
): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
