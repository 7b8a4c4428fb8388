/**
 * What is durable in the commit log and not yet in the database, as what it comes to: an instance that was written ten
 * times is written once, and a message that has come and gone is not written at all.
 */
import type { Instance } from "../model/instance";
import type {
  HubCommit,
  EntityRow,
  HistoryChange,
  InboxRow,
  StoredEntity,
} from "./task-hub-store";

/** The record of one id. */
interface Change<Value> {
  /** What the database has of it is no more. */
  isRemoved: boolean;
  value: Value | undefined;
}

export interface InstanceChange extends Change<Instance> {
  /** Whether the input is new, too. */
  includesInput: boolean;
}

interface History {
  from: number;
  readonly events: HistoryChange["events"][number][];
}

/** What the database has. */
export interface BaseStore {
  readonly instance: (instanceId: string) => Instance | undefined;
}

export class PendingChanges {
  readonly instances = new Map<string, InstanceChange>();
  readonly histories = new Map<string, History>();
  readonly entities = new Map<string, Change<StoredEntity>>();
  /** Receivers whose messages in the database are dropped. */
  readonly emptied = new Set<string>();
  /** Ids of messages in the database that are dealt with. */
  readonly consumed = new Set<number>();
  readonly received = new Map<number, InboxRow>();

  /** Takes a commit over. Of each kind, what goes goes before what comes. */
  add(commit: HubCommit, beneath: BaseStore): void {
    for (const one of commit.purged ?? []) this.#purge(one, beneath);
    for (const id of commit.purgedEntities ?? [])
      this.entities.set(id, { isRemoved: true, value: undefined });
    this.#putInstances(commit);
    if (commit.entity) this.#putEntity(commit.entity);
    this.#exchange(commit);
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
    const gone = { isRemoved: true, includesInput: true, value: undefined };
    this.instances.set(instanceId, gone);
    this.histories.set(instanceId, { from: 0, events: [] });
  }

  #putInstances({ instances, advanced, histories }: HubCommit): void {
    for (const instance of instances ?? [])
      this.#put(instance, { includesInput: true });
    for (const instance of advanced ?? [])
      this.#put(instance, { includesInput: false });
    for (const change of histories ?? []) this.#write(change);
  }

  #exchange({ emptied, consumed, received }: HubCommit): void {
    for (const id of emptied ?? []) this.#empty(id);
    for (const id of consumed ?? [])
      if (!this.received.delete(id)) this.consumed.add(id);
    for (const row of received ?? []) this.received.set(row.id, row);
  }

  #empty(receiver: string): void {
    this.emptied.add(receiver);
    for (const { id, to } of this.received.values())
      if (to === receiver) this.received.delete(id);
  }

  #put(
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

  #write({ instanceId, from, events }: HistoryChange): void {
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
