/**
 * The records of the commit log, as bytes. A record is a header (magic, the hub's number, sequence number, length and
 * checksum of the text) and a text in UTF-8. Sequence numbers of records that follow each other are consecutive, and
 * are never used twice: that tells a record from what an earlier round of writing has left behind it.
 */
import { crc32 } from "node:zlib";

export interface LogRecord {
  readonly sequence: number;
  readonly text: string;
}

export interface LogScan {
  /** What the database does not have yet. */
  readonly records: readonly LogRecord[];
  /** Where the next record belongs: what comes after is older, or was never told to anyone. */
  readonly nextPosition: number;
  /** Whether a record is missing or cannot be read although later ones are there, or the log is another hub's. */
  readonly isDamaged: boolean;
}

/** The version of the format is its last digit. */
const magic = Buffer.from("AOS1");
const at = { hub: 4, sequence: 8, length: 16, checksum: 20, text: 24 } as const;

export function encodeRecord(
  hub: number,
  { sequence, text }: LogRecord,
): Buffer {
  const length = Buffer.byteLength(text);
  const record = Buffer.allocUnsafe(at.text + length);
  magic.copy(record);
  record.writeUInt32LE(hub, at.hub);
  record.writeDoubleLE(sequence, at.sequence);
  record.writeUInt32LE(length, at.length);
  record.write(text, at.text);
  record.writeUInt32LE(checksumOf(record), at.checksum);
  return record;
}

/** All but the checksum itself. */
const checksumOf = (record: Buffer): number =>
  crc32(record.subarray(at.text), crc32(record.subarray(0, at.checksum)));

/** Reads the records of a hub that come after the one that the database took over last. */
export function scanRecords(
  log: Buffer,
  hub: number,
  applied: number,
): LogScan {
  const all: LogRecord[] = [];
  let end = 0;
  for (;;) {
    const record = recordAt(log, end, hub);
    const last = all.at(-1);
    if (record === undefined || (last && record.sequence !== last.sequence + 1))
      break;
    all.push(record);
    end += at.text + Buffer.byteLength(record.text);
  }
  const last = all.at(-1)?.sequence ?? 0;
  const records = all.filter(({ sequence }) => sequence > applied);
  const isComplete =
    records[0] === undefined || records[0].sequence === applied + 1;
  return {
    records,
    nextPosition: last < applied ? 0 : end,
    isDamaged: !isComplete || hasUnread(log, end, hub, Math.max(last, applied)),
  };
}

function recordAt(
  log: Buffer,
  start: number,
  hub: number,
): LogRecord | undefined {
  if (start + at.text > log.length) return undefined;
  const isHeader =
    log.subarray(start, start + magic.length).equals(magic) &&
    log.readUInt32LE(start + at.hub) === hub;
  if (!isHeader) return undefined;
  const end = start + at.text + log.readUInt32LE(start + at.length);
  if (end > log.length) return undefined;
  const record = log.subarray(start, end);
  return record.readUInt32LE(at.checksum) === checksumOf(record)
    ? {
        sequence: record.readDoubleLE(at.sequence),
        text: record.toString("utf8", at.text),
      }
    : undefined;
}

const hasUnread = (
  log: Buffer,
  from: number,
  hub: number,
  last: number,
): boolean => isForeign(log, hub) || hasLater(log, from, hub, last);

/** Whether the log begins with another hub's record: then that hub's database is missing, and with it what it did. */
function isForeign(log: Buffer, hub: number): boolean {
  if (log.length < at.text) return false;
  const owner = log.readUInt32LE(at.hub);
  return owner !== hub && recordAt(log, 0, owner) !== undefined;
}

/** A record that was torn by the end of the process is the last one. With a later one behind it, it is damaged. */
function hasLater(
  log: Buffer,
  from: number,
  hub: number,
  last: number,
): boolean {
  for (
    let start = log.indexOf(magic, from);
    start >= 0;
    start = log.indexOf(magic, start + 1)
  ) {
    const record = recordAt(log, start, hub);
    if (record && record.sequence > last) return true;
  }
  return false;
}
