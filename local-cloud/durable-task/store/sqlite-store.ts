/**
 * Stores the hub in a SQLite database with a commit log (docs/adr/0007-commit-log.md). A commit is durable when its record is in
 * the log. The database applies many records together, and before every list query.
 *
 * K1. Reads return committed records: those of the database, overlaid with the pending changes.
 * K2. The database applies records and the sequence number of the last one in one transaction, so none is lost or applied twice.
 * K3. The log is restarted only when all its records are on disk in the database.
 */
import { errorMessage } from "../../shared/error-message";
import { CommitLog } from "./commit-log";
import type { Instance } from "../model/instance";
import type { LogRecord, LogScan } from "./log-record";
import { type BaseStore, PendingChanges } from "./pending-changes";
import { HubDatabase } from "./sqlite-database";
import { classifyWriteFailure } from "./write-failure";
import {
  type HubCommit,
  type InboxRow,
  type StoredEntity,
  type TaskHubStore,
  TaskHubError,
} from "./task-hub-store";
import type { EntityFilter, InstanceFilter } from "../model/list-filters";
import type { StoredEvent } from "../model/stored-event";

/** Pending records of this size are applied to the database, which takes some milliseconds. */
const maxPendingBytes = 2 * 2 ** 20;

export function openTaskHubStore(path: string): TaskHubStore {
  const database = new HubDatabase(path);
  try {
    const { hub, applied } = database.logPosition();
    if (path === ":memory:")
      return new SqliteStore(database, undefined, applied, []);
    const logPath = path.replace(/(?:\.db)?$/, ".log");
    const { log, scan } = CommitLog.open(logPath, hub, applied);
    if (scan.isDamaged) {
      log.close();
      throw damaged(path, logPath);
    }
    try {
      return new SqliteStore(database, log, applied, scan.records);
    } catch (error) {
      log.close();
      throw error;
    }
  } catch (cause) {
    database.close();
    const failure = classifyWriteFailure(cause);
    throw failure.isTransient && !(cause instanceof TaskHubError)
      ? new TaskHubError(
          "task_hub_full",
          `The task hub ${path} cannot be opened: ${errorMessage(cause)}. No data is lost. Free disk space, or stop the process that has the file open, and start again.`,
          { cause },
        )
      : cause;
  }
}

class SqliteStore implements TaskHubStore {
  readonly #database: HubDatabase;
  /** Undefined for a hub in memory, which cannot be recovered after a crash. */
  readonly #log: CommitLog | undefined;
  readonly #pending = new PendingChanges();
  readonly #base: BaseStore;
  #sequence: number;
  #pendingBytes = 0;

  constructor(
    database: HubDatabase,
    log: CommitLog | undefined,
    applied: number,
    records: LogScan["records"],
  ) {
    this.#database = database;
    this.#log = log;
    this.#sequence = applied;
    this.#base = { instance: (id) => database.instance(id) };
    for (const record of records) this.#replay(record);
    this.#apply();
  }

  async commit(commits: readonly HubCommit[]): Promise<void> {
    // Before the record is appended, so that a failure here leaves the commit not durable.
    if (this.#pendingBytes > maxPendingBytes) this.#apply();
    const sequence = this.#sequence + 1;
    const text = JSON.stringify(commits.map(toLogCommit));
    const record = this.#encode(sequence, text);
    if (record === undefined || this.#log === undefined) {
      this.#commitDirectly(commits, sequence);
      return;
    }
    await this.#log.append(record);
    this.#sequence = sequence;
    this.#pendingBytes += record.length;
    this.#addPending(commits);
  }

  instance(instanceId: string): Instance | undefined {
    const change = this.#pending.instances.get(instanceId);
    return change ? change.value : this.#database.instance(instanceId);
  }

  history(instanceId: string): readonly StoredEvent[] {
    const change = this.#pending.histories.get(instanceId);
    if (change?.from === 0) return change.events;
    const past = this.#database.history(instanceId);
    return change ? [...past, ...change.events] : past;
  }

  entity(entityId: string): StoredEntity | undefined {
    const change = this.#pending.entities.get(entityId);
    if (change?.isRemoved) return change.value;
    const past = this.#database.entity(entityId);
    return change?.value
      ? { ...change.value, ...(past && { createdAt: past.createdAt }) }
      : past;
  }

  instances(filter: InstanceFilter): readonly Instance[] {
    return this.#appliedDatabase().lists.instances(filter);
  }

  entities(filter: EntityFilter): readonly StoredEntity[] {
    return this.#appliedDatabase().lists.entities(filter);
  }

  unfinished(): readonly Instance[] {
    return this.#appliedDatabase().unfinished();
  }

  inbox(): readonly InboxRow[] {
    return this.#appliedDatabase().inbox();
  }

  lastInboxId(): number {
    return this.#appliedDatabase().lastInboxId();
  }

  close(): void {
    try {
      this.#restart();
      this.#log?.remove();
    } catch {
      // Without disk space the records stay in the log, and are applied at the next start.
      this.#log?.close();
    }
    this.#database.close();
  }

  /** Adds the unchanged fields to advanced instances: a record contains only the changed ones. */
  #replay({ sequence, text }: LogRecord): void {
    for (const commit of JSON.parse(text) as readonly HubCommit[]) {
      const advanced = (commit.advanced ?? []).map((instance) => ({
        ...this.instance(instance.instanceId),
        ...instance,
      }));
      this.#pending.add({ ...commit, advanced }, this.#base);
    }
    this.#sequence = sequence;
    this.#pendingBytes += text.length;
  }

  /** Restarts the log if it is full. Undefined when the record is larger than the log. */
  #encode(sequence: number, text: string): Buffer | undefined {
    const record = this.#log?.encode(sequence, text);
    if (record !== undefined || this.#log === undefined) return record;
    this.#restart();
    return this.#log.encode(sequence, text);
  }

  /** Writes to the database without the log, which is empty. */
  #commitDirectly(commits: readonly HubCommit[], sequence: number): void {
    this.#addPending(commits);
    try {
      this.#database.applyDurably(this.#pending, sequence);
      this.#sequence = sequence;
    } finally {
      this.#pending.clear();
    }
  }

  #addPending(commits: readonly HubCommit[]): void {
    for (const commit of commits) this.#pending.add(commit, this.#base);
  }

  #appliedDatabase(): HubDatabase {
    this.#apply();
    return this.#database;
  }

  #apply(): void {
    if (this.#pendingBytes === 0) return;
    this.#database.apply(this.#pending, this.#sequence);
    this.#pending.clear();
    this.#pendingBytes = 0;
  }

  #restart(): void {
    this.#apply();
    this.#database.checkpoint();
    this.#log?.restart();
  }
}

const toLogCommit = (commit: HubCommit): object =>
  commit.advanced === undefined
    ? commit
    : { ...commit, advanced: commit.advanced.map(toChangedFields) };

/** The fields that an advanced instance can change, and its id. */
const toChangedFields = ({
  instanceId,
  status,
  output,
  customStatus,
  failureDetails,
  updatedAt,
}: Instance) => ({
  instanceId,
  status,
  output,
  customStatus,
  failureDetails,
  updatedAt,
});

const damaged = (path: string, logPath: string): TaskHubError =>
  new TaskHubError(
    "task_hub_damaged",
    `The commit log ${logPath} is damaged, or does not match ${path}. ` +
      "Restore both files from the same backup, or move both away to start with an empty hub.",
  );
