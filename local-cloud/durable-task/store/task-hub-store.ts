import type { HistoryEvent } from "../model/history-event";
import type { Instance, RuntimeStatus } from "../model/instance";
import type { HubMessage } from "../model/hub-message";

export interface StoredEvent {
  readonly event: HistoryEvent;
  /** JSON text that an activity is started with; kept so that it can be started again after a crash. */
  readonly input: string | null;
}

export interface EntityRow {
  /** `@name@key`, the name in lower case. */
  readonly entityId: string;
  readonly exists: boolean;
  /** JSON text. */
  readonly state: string | null;
  /** The instance whose critical section the entity is part of. */
  readonly lockedBy: string | null;
  readonly updatedAt: number;
}

/** An entity with the time at which it was first written, for lists. */
export interface StoredEntity extends EntityRow {
  readonly createdAt: number;
}

export interface InboxRow {
  readonly id: number;
  readonly to: string;
  readonly message: HubMessage;
}

export interface HistoryChange {
  readonly instanceId: string;
  /** Position of the first of `events`, counted from 0. From 0 means that the history begins anew. */
  readonly from: number;
  readonly events: readonly StoredEvent[];
}

/** An ended execution of which every record goes. */
type Purged = Pick<Instance, "instanceId" | "executionId">;

/** What becomes true together, in the order of the fields. */
export interface HubCommit {
  /** Only where the execution is still the instance's: a new one may have taken its place meanwhile. */
  readonly purged?: readonly Purged[];
  readonly purgedEntities?: readonly string[];
  /** Receivers whose messages are dropped: an instance is being replaced. */
  readonly emptied?: readonly string[];
  readonly instances?: readonly Instance[];
  /** Instances of which all but the input may have changed: it can be large, and is not written again. */
  readonly advanced?: readonly Instance[];
  readonly histories?: readonly HistoryChange[];
  readonly entity?: EntityRow;
  /** Ids of inbox rows that are dealt with. */
  readonly consumed?: readonly number[];
  readonly received?: readonly InboxRow[];
}

/** Part of a list that is sorted by id, by the bytes of its UTF-8 text. */
export interface ListRange {
  readonly idPrefix?: string;
  /** Only what comes after this id. */
  readonly after?: string;
  readonly limit?: number;
}

/** Times are milliseconds since the epoch; both ends are part of the span. */
export interface InstanceFilter extends ListRange {
  readonly status?: readonly RuntimeStatus[];
  readonly createdFrom?: number;
  readonly createdTo?: number;
}

export interface EntityFilter extends ListRange {
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly updatedFrom?: number;
  readonly updatedTo?: number;
  /** Leaves out those that were deleted. */
  readonly existing?: boolean;
}

/** Keeps a task hub. Reads are of what is committed. */
export interface TaskHubStore {
  /** Resolves when all of `commits` are durable, or rejects and none is. The next may be asked for when this has settled. */
  commit(commits: readonly HubCommit[]): Promise<void>;
  instance(instanceId: string): Instance | undefined;
  instances(filter: InstanceFilter): readonly Instance[];
  /** Those that have not ended. Costs by their number, however many ended ones there are. */
  unfinished(): readonly Instance[];
  history(instanceId: string): readonly StoredEvent[];
  entity(entityId: string): StoredEntity | undefined;
  entities(filter: EntityFilter): readonly StoredEntity[];
  /** All messages not yet dealt with, oldest first. */
  inbox(): readonly InboxRow[];
  lastInboxId(): number;
  /** Not while a commit is on its way. */
  close(): void;
}

/** The hub cannot be opened, or cannot go on. The message is one sentence for people. */
export class TaskHubError extends Error {
  override readonly name = "TaskHubError";
  readonly code:
    | "task_hub_damaged"
    | "task_hub_newer" // written by a later version of the hub
    | "task_hub_full" // no room on the disk to take up what the log has
    | "task_hub_unwritable"; // the files refuse a commit, and will go on refusing it

  constructor(
    code: TaskHubError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
