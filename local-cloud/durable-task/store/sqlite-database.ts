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
import type { InboxRow, StoredEntity } from "./task-hub-store";
import type { StoredEvent } from "../model/stored-event";

/** The hub's tables, and the position of the last applied commit log record. */
export class HubDatabase {
  readonly lists: SqliteLists;
  readonly #file: Libsql.Database;
  readonly #statements: Statements;

  constructor(path: string) {
    this.#file = openHubFile(path);
    this.#statements = prepare(this.#file);
    this.lists = new SqliteLists(this.#file);
  }

  /** Writes all pending changes in one transaction. They are on disk after the next `checkpoint`. */
  apply(pending: PendingChanges, sequence: number): void {
    this.#write(pending, sequence);
  }

  /** Like `apply`, but the changes are on disk when it returns. */
  applyDurably(pending: PendingChanges, sequence: number): void {
    this.#file.pragma("synchronous = FULL");
    try {
      this.#write(pending, sequence);
    } finally {
      this.#file.pragma("synchronous = NORMAL");
    }
  }

  /** Returns when all applied changes are on disk in the database file, and the write-ahead log is empty. */
  checkpoint(): void {
    const [row] = this.#file.pragma("wal_checkpoint(TRUNCATE)") as SqliteRow[];
    if (row?.["busy"] !== 0)
      throw Object.assign(
        new Error("another process is reading the task hub's file"),
        { code: "SQLITE_BUSY" },
      );
  }

  /** Not libsql's `transaction`: after an automatic rollback on a full disk, its second rollback hides the error. */
  #write(pending: PendingChanges, sequence: number): void {
    this.#file.exec("begin immediate");
    try {
      writePending(this.#statements, pending);
      this.#statements.setApplied.run(sequence);
      this.#file.exec("commit");
    } catch (error) {
      if (this.#file.inTransaction) this.#file.exec("rollback");
      throw error;
    }
  }

  /** The number of the hub, and the sequence number of the last applied log record. */
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
  // Not `insert or replace`, which rewrites all indexes of the row.
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
  // The condition must be spelled as in the partial index, otherwise SQLite scans the table.
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

function writePending(statements: Statements, pending: PendingChanges): void {
  writeInbox(statements, pending);
  writeInstances(statements, pending);
  for (const [id, { isRemoved, value }] of pending.entities) {
    if (isRemoved) statements.removeEntity.run(id);
    if (value) statements.putEntity.run(...toEntityColumns(value));
  }
}

function writeInstances(
  statements: Statements,
  { instances, histories }: PendingChanges,
): void {
  const added = new Set<string>();
  for (const [id, change] of instances)
    if (writeInstance(statements, id, change)) added.add(id);
  for (const [id, { from, events }] of histories) {
    // A new instance has no earlier history.
    if (from === 0 && !added.has(id)) statements.clearHistory.run(id);
    if (events.length > 0)
      statements.addEvents.run(id, from, ...toHistoryColumns(events));
  }
}

/** True when the database did not contain the instance. */
function writeInstance(
  statements: Statements,
  id: string,
  { isRemoved, includesInput, value }: InstanceChange,
): boolean {
  if (isRemoved) statements.removeInstance.run(id);
  if (value === undefined) return false;
  if (!includesInput) {
    statements.advanceInstance.run(...toProgressColumns(value));
    return false;
  }
  const row = toInstanceColumns(value);
  const isNew = statements.addInstance.run(...row).changes === 1;
  if (!isNew) statements.replaceInstance.run(...row);
  return isNew && !isRemoved;
}

function writeInbox(
  statements: Statements,
  { emptied, consumed, received }: PendingChanges,
): void {
  for (const id of emptied) statements.clearInbox.run(id);
  for (const id of consumed) statements.removeMessage.run(id);
  for (const { id, to: receiver, message } of received.values())
    statements.addMessage.run(id, receiver, JSON.stringify(message));
}
