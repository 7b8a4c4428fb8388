/**
 * Keeps the hub in a SQLite database with a commit log before it (docs/adr/0007-commit-log.md). A commit is durable when its
 * record is in the log; the database takes records over many at once, and before it is asked for a list.
 *
 * K1. What is read is what is committed: the database, and what is pending over it.
 * K2. The database takes over records together with the number of the last one, in one transaction: none twice, none left out.
 * K3. The log is begun anew only when the database has all of it on disk.
 */
import { CommitLog } from "./commit-log";
import type { Instance } from "../model/instance";
import type { LogRecord, LogScan } from "./log-record";
import { type BaseStore, PendingChanges } from "./pending-changes";
import { HubDatabase } from "./sqlite-database";
import { classifyWriteFailure } from "./write-failure";
import {
  type HubCommit,
  type EntityFilter,
  type InboxRow,
  type InstanceFilter,
  type StoredEntity,
  type TaskHubStore,
  type StoredEvent,
  TaskHubError,
} from "./task-hub-store";

/** The database takes records over when so many bytes of them are pending: some milliseconds of work at a time. */
const pendingBytes = 2 * 2 ** 20;

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
          `The task hub ${path} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}. Nothing is lost. Make room on the disk, or end who else has the file, and start again.`,
          { cause },
        )
      : cause;
  }
}

class SqliteStore implements TaskHubStore {
  readonly #database: HubDatabase;
  /** A hub in memory has none: it has no crash to come back from. */
  readonly #log: CommitLog | undefined;
  readonly #pending = new PendingChanges();
  readonly #beneath: BaseStore;
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
    this.#beneath = { instance: (id) => database.instance(id) };
    for (const record of records) this.#replay(record);
    this.#apply();
  }

  async commit(commits: readonly HubCommit[]): Promise<void> {
    // Before the new record: what fails here fails before anything of this commit is durable.
    if (this.#pendingBytes > pendingBytes) this.#apply();
    const sequence = this.#sequence + 1;
    const text = JSON.stringify(commits.map(withChangesOnly));
    const record = this.#fitting(sequence, text);
    if (record === undefined || this.#log === undefined) {
      this.#commitDirectly(commits, sequence);
      return;
    }
    await this.#log.append(record);
    this.#sequence = sequence;
    this.#pendingBytes += record.length;
    this.#takeOver(commits);
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
    return this.#upToDate().lists.instances(filter);
  }

  entities(filter: EntityFilter): readonly StoredEntity[] {
    return this.#upToDate().lists.entities(filter);
  }

  unfinished(): readonly Instance[] {
    return this.#upToDate().unfinished();
  }

  inbox(): readonly InboxRow[] {
    return this.#upToDate().inbox();
  }

  lastInboxId(): number {
    return this.#upToDate().lastInboxId();
  }

  close(): void {
    try {
      this.#restart();
      // One file is left behind, not a file and its logs.
      this.#log?.remove();
    } catch {
      // What the database has no room for stays in the log, and is taken over at the next start.
      this.#log?.close();
    }
    this.#database.close();
  }

  /** A record has of an instance that has only advanced what has changed. */
  #replay({ sequence, text }: LogRecord): void {
    for (const commit of JSON.parse(text) as readonly HubCommit[]) {
      const advanced = (commit.advanced ?? []).map((instance) => ({
        ...this.instance(instance.instanceId),
        ...instance,
      }));
      this.#pending.add({ ...commit, advanced }, this.#beneath);
    }
    this.#sequence = sequence;
    this.#pendingBytes += text.length;
  }

  /** The record, with room made for it; undefined when it is larger than the whole log. */
  #fitting(sequence: number, text: string): Buffer | undefined {
    const record = this.#log?.encode(sequence, text);
    if (record !== undefined || this.#log === undefined) return record;
    this.#restart();
    return this.#log.encode(sequence, text);
  }

  /** Passes by the log, which is empty now. */
  #commitDirectly(commits: readonly HubCommit[], sequence: number): void {
    this.#takeOver(commits);
    try {
      this.#database.applyDurably(this.#pending, sequence);
      this.#sequence = sequence;
    } finally {
      this.#pending.clear();
    }
  }

  #takeOver(commits: readonly HubCommit[]): void {
    for (const commit of commits) this.#pending.add(commit, this.#beneath);
  }

  #upToDate(): HubDatabase {
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

const withChangesOnly = (commit: HubCommit): object =>
  commit.advanced === undefined
    ? commit
    : { ...commit, advanced: commit.advanced.map(changesOf) };

/** What `advanced` of a commit may change, and whose it is. */
const changesOf = ({
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
    `The commit log ${logPath} is damaged, or is not of the time of ${path}. ` +
      "Restore both files from one copy, or move both away to start with an empty hub.",
  );
