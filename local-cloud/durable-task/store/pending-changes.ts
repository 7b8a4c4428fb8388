/**
 * The combined changes of commits that are in the log and not yet in the database: an instance that was committed ten times is
 * written once, and a message that was received and consumed is not written.
 */
import type { Instance } from "../model/instance";
import type {
  HubCommit,
  EntityRow,
  HistoryChange,
  InboxRow,
  StoredEntity,
} from "./task-hub-store";

interface Change<Value> {
  /** Whether the row in the database is deleted. */
  isRemoved: boolean;
  value: Value | undefined;
}

export interface InstanceChange extends Change<Instance> {
  /** Whether the input has to be written. */
  includesInput: boolean;
}

interface PendingHistory {
  from: number;
  readonly events: HistoryChange["events"][number][];
}

/** The database, to which the pending changes are not applied yet. */
export interface BaseStore {
  readonly instance: (instanceId: string) => Instance | undefined;
}

export class PendingChanges {
  readonly instances = new Map<string, InstanceChange>();
  readonly histories = new Map<string, PendingHistory>();
  readonly entities = new Map<string, Change<StoredEntity>>();
  /** Receivers whose messages in the database are deleted. */
  readonly emptied = new Set<string>();
  /** Ids of processed messages in the database. */
  readonly consumed = new Set<number>();
  readonly received = new Map<number, InboxRow>();

  /** Adds a commit. Deletions are applied before insertions. */
  add(commit: HubCommit, base: BaseStore): void {
    for (const purged of commit.purged ?? []) this.#purge(purged, base);
    for (const id of commit.purgedEntities ?? [])
      this.entities.set(id, { isRemoved: true, value: undefined });
    this.#putInstances(commit);
    if (commit.entity) this.#putEntity(commit.entity);
    this.#updateInbox(commit);
  }

  clear(): void {
    this.instances.clear();
    this.histories.clear();
    this.entities.clear();
    this.emptied.clear();
    this.consumed.clear();
    this.received.clear();
  }

  #purge(
    { instanceId, executionId }: Pick<Instance, "instanceId" | "executionId">,
    { instance }: BaseStore,
  ): void {
    const change = this.instances.get(instanceId);
    const current = change ? change.value : instance(instanceId);
    if (current?.executionId !== executionId) return;
    const removed = { isRemoved: true, includesInput: true, value: undefined };
    this.instances.set(instanceId, removed);
    this.histories.set(instanceId, { from: 0, events: [] });
  }

  #putInstances({ instances, advanced, histories }: HubCommit): void {
    for (const instance of instances ?? [])
      this.#putInstance(instance, { includesInput: true });
    for (const instance of advanced ?? [])
      this.#putInstance(instance, { includesInput: false });
    for (const change of histories ?? []) this.#putHistory(change);
  }

  #updateInbox({ emptied, consumed, received }: HubCommit): void {
    for (const id of emptied ?? []) this.#emptyInbox(id);
    for (const id of consumed ?? [])
      if (!this.received.delete(id)) this.consumed.add(id);
    for (const row of received ?? []) this.received.set(row.id, row);
  }

  #emptyInbox(receiver: string): void {
    this.emptied.add(receiver);
    for (const { id, to } of this.received.values())
      if (to === receiver) this.received.delete(id);
  }

  #putInstance(
    value: Instance,
    { includesInput }: Pick<InstanceChange, "includesInput">,
  ): void {
    const change = this.instances.get(value.instanceId);
    if (change === undefined)
      this.instances.set(value.instanceId, {
        isRemoved: false,
        includesInput,
        value,
      });
    else {
      change.value = value;
      change.includesInput ||= includesInput;
    }
  }

  #putHistory({ instanceId, from, events }: HistoryChange): void {
    const history = this.histories.get(instanceId);
    if (history === undefined || from === 0)
      this.histories.set(instanceId, { from, events: [...events] });
    else history.events.push(...events);
  }

  #putEntity(row: EntityRow): void {
    const change = this.entities.get(row.entityId);
    const value = {
      ...row,
      createdAt: change?.value?.createdAt ?? row.updatedAt,
    };
    if (change === undefined)
      this.entities.set(row.entityId, { isRemoved: false, value });
    else change.value = value;
  }
}
