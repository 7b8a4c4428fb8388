import { existsSync } from "node:fs";
import Database from "libsql";
import { type Row, text } from "./sqlite-rows";
import { migrations } from "./sqlite-schema";
import { BrokerStartError } from "./store";

/**
 * Opens the broker's file, or makes it, and brings it to this version. The write-ahead log is flushed to disk with every
 * commit (`synchronous=FULL`). The file is this process's alone as long as it is open: two brokers would give the same
 * message to two receivers. The whole file is checked, at about a second for a gigabyte: what is damaged is said now
 * and not in the middle of the work.
 */
export function openBrokerFile(path: string): Database.Database {
  const isNew = !existsSync(path);
  const database = opened(path);
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    // Most messages are gone before their pages are written back: the later that happens, the fewer are written twice.
    database.pragma("wal_autocheckpoint = 4000");
    // An exclusive lock is taken with the first write.
    database.exec("begin immediate; commit");
    const version = versionOf(database);
    if (version > migrations.length)
      throw new BrokerStartError(
        "service_bus_newer",
        `The Service Bus file ${path} was written by a newer version of the broker; update this one, or move the file away to start empty.`,
      );
    if (!isNew) check(database, path);
    migrate(database, version);
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof BrokerStartError) throw cause;
    throw isBusy(cause) ? inUse(path, cause) : damaged(path, cause);
  }
}

function opened(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function versionOf(database: Database.Database): number {
  // Asked for the bare value (`simple`), libsql still gives a row.
  const [row] = database.pragma("user_version") as Row[];
  return Number(row?.["user_version"]);
}

/** All steps that are missing, or none. */
const migrate = (database: Database.Database, from: number): void => {
  if (from === migrations.length) return;
  database.transaction(() => {
    for (const step of migrations.slice(from)) database.exec(step);
    database.pragma(`user_version = ${migrations.length}`);
  })();
};

function check(database: Database.Database, path: string): void {
  const result = database.prepare("pragma quick_check(1)").all() as Row[];
  const verdict = text(Object.values(result[0] ?? {})[0]);
  if (verdict !== "ok") throw damaged(path, verdict.split("\n").at(-1));
}

const isBusy = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");

const inUse = (path: string, cause: unknown): BrokerStartError =>
  new BrokerStartError(
    "service_bus_in_use",
    `Another broker works with the Service Bus file ${path}. Stop it, or choose another folder with --data.`,
    { cause },
  );

const damaged = (path: string, cause: unknown): BrokerStartError =>
  new BrokerStartError(
    "service_bus_damaged",
    `The Service Bus file ${path} is damaged (${cause instanceof Error ? cause.message : String(cause)}). ` +
      "Restore it from a copy, or move it and its -wal file away to start with empty queues.",
    { cause },
  );
