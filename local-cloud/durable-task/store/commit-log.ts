/**
 * The file that makes commits durable: records are appended and flushed, and read only after a crash. The flush of a short
 * record costs a fraction of a database transaction; the database applies many records together later.
 *
 * L1. A durable record stays in the file until it is on disk in the database.
 * L2. At most one record is written at a time, so only the last one can be torn, and its commit has not resolved.
 * L3. Records are overwritten after `restart` only. Callers of `restart` ensure that the database contains all of them.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { encodeRecord, type LogScan, scanRecords } from "./log-record";

const flush = promisify(fdatasync);

/** The maximum file size, and so the maximum size of a record. A full log is restarted. */
const capacity = 8 * 2 ** 20;
/** The file grows by blocks of zeros: flushing bytes in place takes half the time of flushing a growing file. */
const growth = 2 ** 20;

export class CommitLog {
  readonly #path: string;
  readonly #hub: number;
  readonly #file: number;
  #next: number;
  #size: number;

  private constructor(path: string, hub: number, size: number, next: number) {
    this.#path = path;
    this.#hub = hub;
    // Not opened for appending: a restarted log is overwritten in place.
    this.#file = openSync(path, size > 0 ? "r+" : "w");
    if (size === 0) flushDirectory(dirname(path));
    this.#size = size;
    this.#next = next;
  }

  /** Opens or creates the log of the hub with that number, and returns the records after the record `applied`. */
  static open(
    path: string,
    hub: number,
    applied: number,
  ): { readonly log: CommitLog; readonly scan: LogScan } {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const scan = scanRecords(bytes, hub, applied);
    return {
      log: new CommitLog(path, hub, bytes.length, scan.nextPosition),
      scan,
    };
  }

  /** The bytes of the record; undefined when it does not fit before the log is restarted. */
  encode(sequence: number, text: string): Buffer | undefined {
    const record = encodeRecord(this.#hub, { sequence, text });
    return this.#next + record.length <= capacity ? record : undefined;
  }

  /** Resolves when the record is on disk. After a failure the log is unchanged, and the call can be retried. */
  async append(record: Buffer): Promise<void> {
    this.#grow(this.#next + record.length);
    writeAll(this.#file, record, this.#next);
    await flush(this.#file);
    this.#next += record.length;
  }

  /** The next record overwrites the first. */
  restart(): void {
    this.#next = 0;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Call this when the database contains all records. */
  remove(): void {
    this.close();
    rmSync(this.#path);
  }

  #grow(needed: number): void {
    while (this.#size < needed) {
      writeAll(this.#file, Buffer.alloc(growth), this.#size);
      this.#size += growth;
    }
  }
}

/** A new file is durable when its directory entry is. Windows does not need this flush. */
function flushDirectory(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(
      file,
      bytes,
      written,
      bytes.length - written,
      position + written,
    );
}
