import { existsSync } from "node:fs";
import type Database from "libsql";
import { errorMessage } from "../../shared/error-message";
import { openDatabaseFile } from "../../shared/sqlite/open-database-file";
import { BrokerStartError } from "../broker-start-error";
import { brokerSchema, brokerSchemaVersion } from "./sqlite-schema";

/**
 * Opens or creates the broker's file. SQLite flushes the write-ahead log with every commit (`synchronous=FULL`). The file
 * is locked while it is open: two brokers would deliver the same message to two receivers.
 */
export const openBrokerFile = (path: string): Database.Database =>
  openDatabaseFile({
    path,
    isNew: !existsSync(path),
    schema: brokerSchema,
    version: brokerSchemaVersion,
    configure: (database) => {
      database.pragma("locking_mode = EXCLUSIVE");
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      // Most messages are removed before a checkpoint: the later it runs, the fewer pages are written twice.
      database.pragma("wal_autocheckpoint = 4000");
      // SQLite takes the exclusive lock with the first write.
      database.exec("begin immediate; commit");
    },
    versionError: () =>
      new BrokerStartError(
        "service_bus_incompatible",
        `The Service Bus file ${path} was written by another version of the broker. Use that version, or move the file away to start empty.`,
      ),
    unusableError: (cause) =>
      isBusyError(cause) ? inUseError(path, cause) : damagedError(path, cause),
  });

const isBusyError = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");

const inUseError = (path: string, cause: unknown): BrokerStartError =>
  new BrokerStartError(
    "service_bus_in_use",
    `Another broker uses the Service Bus file ${path}. Stop it, or choose another folder with --data.`,
    { cause },
  );

const damagedError = (path: string, cause: unknown): BrokerStartError =>
  new BrokerStartError(
    "service_bus_damaged",
    `The Service Bus file ${path} is damaged (${errorMessage(cause)}). ` +
      "Restore it from a copy, or move it and its -wal file away to start with empty queues.",
    { cause },
  );
