import type Libsql from "libsql";
import type { Instance } from "../model/instance";
import type { InstanceChange, PendingChanges } from "./pending-changes";
import { openHubFile } from "./sqlite-file";
import { SqliteLists } from "./sqlite-lists";
import {
  toProgressColumns,
  toEntityColumns,
  toHistoryColumns,
  toInstanceColumns,
  type SqliteRow,
  toEntity,
  toInboxRow,
  toInstance,
  toStoredEvents,
} from "./sqlite-rows";
import type { InboxRow, StoredEntity, StoredEvent } from "./task-hub-store";

/** The hub's tables, and which record of the commit log they took over last. */
export class HubDatabase {
  readonly lists: SqliteLists;
  readonly #file: Libsql.Database;
  readonly #statements: Statements;

  constructor(path: string) {
    this.#file = openHubFile(path);
    this.#statements = prepare(this.#file);
    this.lists = new SqliteLists(this.#file);
  }

  /** Takes over all that is pending, or none and throws. It is on disk after the next `checkpoint`. */
  apply(pending: PendingChanges, sequence: number): void {
    this.#take(pending, sequence);
  }

  /** The same, on disk when it returns. */
  applyDurably(pending: PendingChanges, sequence: number): void {
    this.#file.pragma("synchronous = FULL");
    try {
      this.#take(pending, sequence);
    } finally {
      this.#file.pragma("synchronous = NORMAL");
    }
  }

  /** Returns when all that was applied is on disk, in one file. */
  checkpoint(): void {
    const [row] = this.#file.pragma("wal_checkpoint(TRUNCATE)") as SqliteRow[];
    if (row?.["busy"] !== 0)
      throw Object.assign(
        new Error("another process is reading the task hub's file"),
        { code: "SQLITE_BUSY" },
      );
  }

  /** Not libsql's own `transaction`: a full disk has rolled back already, and its second attempt hides the reason. */
  #take(pending: PendingChanges, sequence: number): void {
    this.#file.exec("begin immediate");
    try {
      write(this.#statements, pending);
      this.#statements.setApplied.run(sequence);
      this.#file.exec("commit");
    } catch (error) {
      if (this.#file.inTransaction) this.#file.exec("rollback");
      throw error;
    }
  }

  /** The number of the hub, and that of the last record of its log that was applied. */
  logPosition(): { readonly hub: number; readonly applied: number } {
    const row = this.#statements.logPosition.get() as SqliteRow;
    return { hub: Number(row["hub"]), applied: Number(row["applied"]) };
  }

  instance(instanceId: string): Instance | undefined {
    const row = this.#statements.instance.get(instanceId) as
      SqliteRow | undefined;
    return row && toInstance(row);
  }

  unfinished(): readonly Instance[] {
    return (this.#statements.unfinished.all() as SqliteRow[]).map(toInstance);
  }

  history(instanceId: string): readonly StoredEvent[] {
    const rows = this.#statements.history.all(instanceId) as SqliteRow[];
    return rows.flatMap(toStoredEvents);
  }

  entity(entityId: string): StoredEntity | undefined {
    const row = this.#statements.entity.get(entityId) as SqliteRow | undefined;
    return row && toEntity(row);
  }

  /** Oldest first. */
  inbox(): readonly InboxRow[] {
    return (this.#statements.inbox.all() as SqliteRow[]).map(toInboxRow);
  }

  lastInboxId(): number {
    return Number((this.#statements.lastInboxId.get() as SqliteRow)["last"]);
  }

  close(): void {
    this.#file.close();
  }
}

type Statements = ReturnType<typeof prepare>;

const prepare = (file: Libsql.Database) => ({
  addInstance: file.prepare(
    `insert into instances values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  ),
  // Not `insert or replace`: that would write all indexes of the row again.
  replaceInstance: file.prepare(
    `update instances set execution_id = ?2, name = ?3, version = ?4, status = ?5, input = ?6, output = ?7,
       custom_status = ?8, failure_details = ?9, parent = ?10, created_at = ?11, updated_at = ?12
     where instance_id = ?1`,
  ),
  advanceInstance: file.prepare(
    `update instances set status = ?, output = ?, custom_status = ?, failure_details = ?, updated_at = ?
     where instance_id = ?`,
  ),
  removeInstance: file.prepare("delete from instances where instance_id = ?"),
  clearHistory: file.prepare("delete from history where instance_id = ?"),
  addEvents: file.prepare("insert into history values (?, ?, ?, ?)"),
  putEntity: file.prepare(
    `insert into entities (entity_id, "exists", state, updated_at, locked_by, created_at)
     values (?, ?, ?, ?, ?, ?)
     on conflict do update set "exists" = excluded."exists", state = excluded.state,
       updated_at = excluded.updated_at, locked_by = excluded.locked_by`,
  ),
  removeEntity: file.prepare("delete from entities where entity_id = ?"),
  addMessage: file.prepare("insert into inbox values (?, ?, ?)"),
  removeMessage: file.prepare("delete from inbox where id = ?"),
  clearInbox: file.prepare("delete from inbox where instance_id = ?"),
  setApplied: file.prepare("update commit_log set applied = ?"),
  logPosition: file.prepare("select applied, hub from commit_log"),
  instance: file.prepare("select * from instances where instance_id = ?"),
  // Spelled as the index spells it, or SQLite would read the whole table.
  unfinished: file.prepare(
    "select * from instances where status in ('Pending', 'Running', 'Suspended') order by instance_id",
  ),
  history: file.prepare(
    "select instance_id, text, input from history where instance_id = ? order by seq",
  ),
  entity: file.prepare("select * from entities where entity_id = ?"),
  inbox: file.prepare("select * from inbox order by id"),
  lastInboxId: file.prepare("select coalesce(max(id), 0) as last from inbox"),
});

function write(to: Statements, pending: PendingChanges): void {
  writeInbox(to, pending);
  writeInstances(to, pending);
  for (const [id, { isRemoved, value }] of pending.entities) {
    if (isRemoved) to.removeEntity.run(id);
    if (value) to.putEntity.run(...toEntityColumns(value));
  }
}

function writeInstances(
  to: Statements,
  { instances, histories }: PendingChanges,
): void {
  const added = new Set<string>();
  for (const [id, change] of instances)
    if (writeInstance(to, id, change)) added.add(id);
  for (const [id, { from, events }] of histories) {
    // What is new has no history that could be left over.
    if (from === 0 && !added.has(id)) to.clearHistory.run(id);
    if (events.length > 0)
      to.addEvents.run(id, from, ...toHistoryColumns(events));
  }
}

/** True when the database has never had the instance. */
function writeInstance(
  to: Statements,
  id: string,
  { isRemoved, includesInput, value }: InstanceChange,
): boolean {
  if (isRemoved) to.removeInstance.run(id);
  if (value === undefined) return false;
  if (!includesInput) {
    to.advanceInstance.run(...toProgressColumns(value));
    return false;
  }
  const row = toInstanceColumns(value);
  const isNew = to.addInstance.run(...row).changes === 1;
  if (!isNew) to.replaceInstance.run(...row);
  return isNew && !isRemoved;
}

function writeInbox(
  to: Statements,
  { emptied, consumed, received }: PendingChanges,
): void {
  for (const id of emptied) to.clearInbox.run(id);
  for (const id of consumed) to.removeMessage.run(id);
  for (const { id, to: receiver, message } of received.values())
    to.addMessage.run(id, receiver, JSON.stringify(message));
}
