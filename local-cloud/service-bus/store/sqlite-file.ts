import { existsSync } from "node:fs";
import type Database from "libsql";
import { openVersionedFile } from "../../shared/sqlite/versioned-file";
import { brokerMigrations } from "./sqlite-schema";
import { BrokerStartError } from "./broker-store";

/**
 * Opens the broker's file, or makes it. The write-ahead log is flushed to disk with every commit (`synchronous=FULL`). The
 * file is this process's alone as long as it is open: two brokers would give the same message to two receivers.
 */
export const openBrokerFile = (path: string): Database.Database =>
  openVersionedFile({
    path,
    isNew: !existsSync(path),
    migrations: brokerMigrations,
    prepare: (database) => {
      database.pragma("locking_mode = EXCLUSIVE");
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      // Most messages are gone before their pages are written back: the later that happens, the fewer are written twice.
      database.pragma("wal_autocheckpoint = 4000");
      // An exclusive lock is taken with the first write.
      database.exec("begin immediate; commit");
    },
    newer: () =>
      new BrokerStartError(
        "service_bus_newer",
        `The Service Bus file ${path} was written by a newer version of the broker; update this one, or move the file away to start empty.`,
      ),
    unusable: (cause) =>
      isBusy(cause) ? inUse(path, cause) : damaged(path, cause),
  });

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
