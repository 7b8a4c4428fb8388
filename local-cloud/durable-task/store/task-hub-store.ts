import type { HubMessage } from "../model/hub-message";
import type { Instance } from "../model/instance";
import type { EntityFilter, InstanceFilter } from "../model/list-filters";
import type { StoredEvent } from "../model/stored-event";

export interface EntityRow {
  /** `@name@key`, the name in lower case. */
  readonly entityId: string;
  readonly exists: boolean;
  /** JSON text. */
  readonly state: string | null;
  /** The instance that has locked the entity. */
  readonly lockedBy: string | null;
  readonly updatedAt: number;
}

export interface StoredEntity extends EntityRow {
  /** The time at which the entity was first written. */
  readonly createdAt: number;
}

export interface InboxRow {
  readonly id: number;
  readonly to: string;
  readonly message: HubMessage;
}

export interface HistoryChange {
  readonly instanceId: string;
  /** Index of the first of `events` in the history. 0 replaces the history. */
  readonly from: number;
  readonly events: readonly StoredEvent[];
}

type Purged = Pick<Instance, "instanceId" | "executionId">;

/** Changes that become durable together. They are applied in the order of the fields. */
export interface HubCommit {
  /** Ignored when a new execution has replaced this one meanwhile. */
  readonly purged?: readonly Purged[];
  readonly purgedEntities?: readonly string[];
  /** Receivers whose messages are deleted, because the instance is being replaced. */
  readonly emptied?: readonly string[];
  readonly instances?: readonly Instance[];
  /** Instances with changes, except for the input, which can be large and is not written again. */
  readonly advanced?: readonly Instance[];
  readonly histories?: readonly HistoryChange[];
  readonly entity?: EntityRow;
  /** Ids of processed inbox rows. */
  readonly consumed?: readonly number[];
  readonly received?: readonly InboxRow[];
}

/** The storage of a task hub. Reads return committed records. */
export interface TaskHubStore {
  /** Resolves when all of `commits` are durable; rejects when none is. Calls must not overlap. */
  commit(commits: readonly HubCommit[]): Promise<void>;
  instance(instanceId: string): Instance | undefined;
  instances(filter: InstanceFilter): readonly Instance[];
  /** Instances that have not ended. The cost does not depend on the number of ended instances. */
  unfinished(): readonly Instance[];
  history(instanceId: string): readonly StoredEvent[];
  entity(entityId: string): StoredEntity | undefined;
  entities(filter: EntityFilter): readonly StoredEntity[];
  /** All unprocessed messages, oldest first. */
  inbox(): readonly InboxRow[];
  lastInboxId(): number;
  /** Must not be called during a commit. */
  close(): void;
}

/** The hub cannot be opened, or cannot continue. */
export class TaskHubError extends Error {
  override readonly name = "TaskHubError";
  readonly code:
    | "task_hub_damaged"
    | "task_hub_incompatible" // written by another version of the hub
    | "task_hub_full" // no disk space to apply the commit log
    | "task_hub_unwritable"; // a commit failed permanently

  constructor(
    code: TaskHubError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
