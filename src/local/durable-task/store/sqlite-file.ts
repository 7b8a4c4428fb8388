import { statSync } from "node:fs";
import Database from "libsql";
import type { Row } from "./sqlite-rows";
import { migrations } from "./sqlite-schema";
import { TaskHubError } from "./store";

/**
 * Opens the hub's file, or makes it, and brings it to this version. SQLite's own log is flushed to disk with every
 * checkpoint, not with every transaction (`synchronous=NORMAL`): until then a commit stands in the commit log. The whole file is checked, at about a second for a gigabyte: what is damaged is said now
 * and not in the middle of the work.
 */
export function openHubFile(path: string): Database.Database {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // SQLite takes a file of one byte for an empty one.
  if (size === 1) throw damaged(path, "it ends after its first byte");
  const database = opened(path);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    const version = versionOf(database);
    if (version > migrations.length)
      throw new TaskHubError(
        "task_hub_newer",
        `The task hub file ${path} was written by a newer version of the task hub; update this one, or move the file away to start empty.`,
      );
    if (size > 0) check(database, path);
    migrate(database, version);
    // The log's records bear the number that the hub has here: it is on disk before the first of them.
    if (version < migrations.length)
      database.pragma("wal_checkpoint(TRUNCATE)");
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof TaskHubError) throw cause;
    throw damaged(path, cause);
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
  const verdict = Object.values(result[0] ?? {})[0];
  if (verdict !== "ok") throw damaged(path, String(verdict).split("\n").at(-1));
}

const damaged = (path: string, cause: unknown): TaskHubError =>
  new TaskHubError(
    "task_hub_damaged",
    `The task hub file ${path} is damaged (${cause instanceof Error ? cause.message : String(cause)}). ` +
      "Restore it from a copy, or move it and the -wal and .log files beside it away to start with an empty hub.",
    { cause },
  );
