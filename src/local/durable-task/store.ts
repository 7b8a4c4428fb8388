import type { HistoryEvent } from "./history-event";
import type { Instance, RuntimeStatus } from "./instance";
import type { Message } from "./message";

export interface StoredEvent {
  readonly event: HistoryEvent;
  /** What later episodes are given of it (see `eventText`). */
  readonly text: string;
  /** JSON text that an activity is started with; kept so that it can be started again after a crash. */
  readonly input: string | null;
}

export interface EntityRow {
  /** `@name@key`, the name in lower case. */
  readonly entityId: string;
  readonly exists: boolean;
  /** JSON text. */
  readonly state: string | null;
  readonly updatedAt: number;
}

export interface InboxRow {
  readonly id: number;
  readonly to: string;
  readonly message: Message;
}

export interface HistoryChange {
  readonly instanceId: string;
  /** Position of the first of `events`, counted from 0. From 0 means that the history begins anew. */
  readonly from: number;
  readonly events: readonly StoredEvent[];
}

/** What becomes true together. */
export interface Commit {
  readonly instances?: readonly Instance[];
  readonly histories?: readonly HistoryChange[];
  readonly entity?: EntityRow;
  readonly received?: readonly InboxRow[];
  /** Ids of inbox rows that are dealt with. */
  readonly consumed?: readonly number[];
}

export interface InstanceFilter {
  readonly status?: readonly RuntimeStatus[];
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly idPrefix?: string;
}

/** Keeps a task hub. Reads are of what is committed. */
export interface Store {
  /** Makes all of `commits` durable, or none and throws. */
  commit(commits: readonly Commit[]): void;
  instance(instanceId: string): Instance | undefined;
  instances(filter: InstanceFilter): readonly Instance[];
  history(instanceId: string): readonly StoredEvent[];
  entity(entityId: string): EntityRow | undefined;
  /** All messages not yet dealt with, oldest first. */
  inbox(): readonly InboxRow[];
  lastInboxId(): number;
  close(): void;
}

/** The hub cannot be opened. The message is one sentence for people. */
export class TaskHubError extends Error {
  override readonly name = "TaskHubError";
  readonly code:
    | "task_hub_damaged"
    | "task_hub_newer" // written by a later version of the hub
    | "task_hub_settings_invalid"; // extensions.durableTask of host.json

  constructor(
    code: TaskHubError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
