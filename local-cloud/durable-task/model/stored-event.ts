import type { HistoryEvent } from "./history-event";

export interface StoredEvent {
  readonly event: HistoryEvent;
  /** The input of an activity as JSON text, so that it can be started again after a crash. */
  readonly input: string | null;
}
