import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { HostStartError, describeError } from "./host-error";

/** What is locked in this process: a database that nobody refers to would be closed, and its lock lost. */
const held = new Set<Database.Database>();

/**
 * Makes the data folder and takes it for this process: two hosts on one task hub would both do its work. The lock is
 * the operating system's, on an empty SQLite file, so it ends with the process however that ends, and of two hosts
 * that start at once only one gets it. Returns what gives the folder free.
 */
export function lockDataFolder(folder: string): () => void {
  const holder = join(folder, "host.pid");
  try {
    mkdirSync(folder, { recursive: true });
    const lock = locked(join(folder, "host-lock.db"));
    if (lock === undefined) throw inUse(folder, holder);
    held.add(lock);
    writeFileSync(holder, String(process.pid));
    return () => {
      if (!held.delete(lock)) return;
      rmSync(holder, { force: true });
      lock.close();
    };
  } catch (cause) {
    if (cause instanceof HostStartError) throw cause;
    throw new HostStartError(
      "data_folder_unwritable",
      `The data folder ${folder} cannot be written to (${describeError(cause)}). Choose another with --data, or make it writable.`,
      { cause },
    );
  }
}

/** Undefined when another host has the lock. */
function locked(path: string): Database.Database | undefined {
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

const inUse = (folder: string, holder: string): HostStartError =>
  new HostStartError(
    "data_folder_in_use",
    `Another host${named(holder)} works in the data folder ${folder}. Stop it, or choose another folder with --data.`,
  );

/** The file tells people only; the other host may be about to write it. */
function named(holder: string): string {
  try {
    return ` (process ${readFileSync(holder, "utf8")})`;
  } catch {
    return "";
  }
}
