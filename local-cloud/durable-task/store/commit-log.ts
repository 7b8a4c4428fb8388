/**
 * The file that makes commits durable: appended to, flushed, and read again only after a crash. One flush of one short
 * record costs a fraction of a transaction of the database, which takes the commits over later, many at once.
 *
 * L1. A record that was told to be durable stands in the file until the database has it on disk.
 * L2. At most one record is being written. So at most the last one can be torn, and nobody was told of it.
 * L3. Records are overwritten only after `restart`, which is for whoever knows that the database has them all.
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

const flushed = promisify(fdatasync);

/** The file grows to this size and is then written from its beginning. A larger record does not fit. */
const capacity = 8 * 2 ** 20;
/** It grows by zeros ahead of what is written: to flush bytes in place costs half of what a growing file costs. */
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
    // Not opened for appending: what has been used up is overwritten in place.
    this.#file = openSync(path, size > 0 ? "r+" : "w");
    if (size === 0) flushFolder(dirname(path));
    this.#size = size;
    this.#next = next;
  }

  /** Opens the log of the hub with that number, or makes it, and gives what it has beyond the record `applied`. */
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

  /** The record's bytes, or undefined when it does not fit before the log is restarted. */
  encode(sequence: number, text: string): Buffer | undefined {
    const record = encodeRecord(this.#hub, { sequence, text });
    return this.#next + record.length <= capacity ? record : undefined;
  }

  /** Resolves when the record is on disk. A failure leaves the log as it was: the same may be tried again. */
  async append(record: Buffer): Promise<void> {
    this.#grow(this.#next + record.length);
    writeAll(this.#file, record, this.#next);
    await flushed(this.#file);
    this.#next += record.length;
  }

  /** The next record is written over the first. */
  restart(): void {
    this.#next = 0;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** For a log of which the database has everything. */
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

/** What a new file has is on disk only when its name is, too. Windows has no such call, and no need of it. */
function flushFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
