import { statSync } from "node:fs";
import type Database from "libsql";
import { errorMessage } from "../../shared/error-message";
import { openDatabaseFile } from "../../shared/sqlite/open-database-file";
import { taskHubSchema, taskHubSchemaVersion } from "./sqlite-schema";
import { TaskHubError } from "./task-hub-store";

/**
 * Opens or creates the task hub's file. SQLite flushes its write-ahead log at each checkpoint, not with each transaction
 * (`synchronous=NORMAL`): until then the commit log holds the commits.
 */
export function openHubFile(path: string): Database.Database {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // SQLite treats a file of one byte as empty.
  if (size === 1) throw damagedError(path, "it ends after its first byte");
  return openDatabaseFile({
    path,
    isNew: size === 0,
    schema: taskHubSchema,
    version: taskHubSchemaVersion,
    configure: (database) => {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = NORMAL");
    },
    // Records of the commit log carry the hub number from this file, so it must be on disk before the first record.
    onCreated: (database) => database.pragma("wal_checkpoint(TRUNCATE)"),
    versionError: () =>
      new TaskHubError(
        "task_hub_incompatible",
        `The task hub file ${path} was written by another version of the task hub. Use that version, or move the file away to start empty.`,
      ),
    unusableError: (cause) => damagedError(path, cause),
  });
}

const damagedError = (path: string, cause: unknown): TaskHubError =>
  new TaskHubError(
    "task_hub_damaged",
    `The task hub file ${path} is damaged (${errorMessage(cause)}). ` +
      "Restore it from a copy, or move it and its -wal and .log files away to start with an empty hub.",
    { cause },
  );
