import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { errorMessage } from "../../shared/error-message";
import { HostStartError } from "./host-error";

/** Keeps the databases reachable: a garbage-collected database is closed, which releases its lock. */
const heldLocks = new Set<Database.Database>();

/**
 * Creates the data folder and locks it for this process: two hosts on one task hub would both execute its work. The
 * lock is an operating system lock on an empty SQLite file. It is released when the process ends for any reason, and only
 * one of several hosts that start concurrently acquires it. Returns a function that releases the lock.
 */
export function lockDataFolder(folder: string): () => void {
  const pidFile = join(folder, "host.pid");
  try {
    mkdirSync(folder, { recursive: true });
    const lock = acquireLock(join(folder, "host-lock.db"));
    if (lock === undefined) throw folderInUse(folder, pidFile);
    heldLocks.add(lock);
    writeFileSync(pidFile, String(process.pid));
    return () => {
      if (!heldLocks.delete(lock)) return;
      rmSync(pidFile, { force: true });
      lock.close();
    };
  } catch (cause) {
    if (cause instanceof HostStartError) throw cause;
    throw new HostStartError(
      "data_folder_unwritable",
      `The data folder ${folder} cannot be written to (${errorMessage(cause)}). Choose another with --data, or make it writable.`,
      { cause },
    );
  }
}

/** Undefined when another host has the lock. */
function acquireLock(path: string): Database.Database | undefined {
  const lock = new Database(path);
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}

const folderInUse = (folder: string, pidFile: string): HostStartError =>
  new HostStartError(
    "data_folder_in_use",
    `Another host${readProcessId(pidFile)} uses the data folder ${folder}. Stop it, or choose another folder with --data.`,
  );

/** Only for the error message: the other host may not have written the file yet. */
function readProcessId(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, "utf8")})`;
  } catch {
    return "";
  }
}
