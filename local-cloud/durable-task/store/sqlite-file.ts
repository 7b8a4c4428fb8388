import { statSync } from "node:fs";
import type Database from "libsql";
import { openVersionedFile } from "../../shared/sqlite/versioned-file";
import { taskHubMigrations } from "./sqlite-schema";
import { TaskHubError } from "./task-hub-store";

/**
 * Opens the hub's file, or makes it. SQLite's own log is flushed to disk with every checkpoint, not with every transaction
 * (`synchronous=NORMAL`): until then a commit stands in the commit log.
 */
export function openHubFile(path: string): Database.Database {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // SQLite takes a file of one byte for an empty one.
  if (size === 1) throw damaged(path, "it ends after its first byte");
  return openVersionedFile({
    path,
    isNew: size === 0,
    migrations: taskHubMigrations,
    prepare: (database) => {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = NORMAL");
    },
    // The log's records bear the number that the hub has here: it is on disk before the first of them.
    migrated: (database) => database.pragma("wal_checkpoint(TRUNCATE)"),
    newer: () =>
      new TaskHubError(
        "task_hub_newer",
        `The task hub file ${path} was written by a newer version of the task hub; update this one, or move the file away to start empty.`,
      ),
    unusable: (cause) => damaged(path, cause),
  });
}

const damaged = (path: string, cause: unknown): TaskHubError =>
  new TaskHubError(
    "task_hub_damaged",
    `The task hub file ${path} is damaged (${cause instanceof Error ? cause.message : String(cause)}). ` +
      "Restore it from a copy, or move it and the -wal and .log files beside it away to start with an empty hub.",
    { cause },
  );
