/**
 * The binary format of commit log records: a header (magic, number of the hub, sequence number, length and checksum of the
 * text) and a text in UTF-8. Sequence numbers are consecutive and never reused, which distinguishes the records after a
 * restart from the older ones behind them.
 */
import { crc32 } from "node:zlib";

export interface LogRecord {
  readonly sequence: number;
  readonly text: string;
}

export interface LogScan {
  /** The records that the database has not applied. */
  readonly records: readonly LogRecord[];
  /** Position of the next record. Bytes after it are older records, or a record whose commit has not resolved. */
  readonly nextPosition: number;
  /** Whether a record before the last one is missing or unreadable, or the log belongs to another hub. */
  readonly isDamaged: boolean;
}

/** The last digit is the version of the format. */
const magic = Buffer.from("HUB1");
const offsets = {
  hub: 4,
  sequence: 8,
  length: 16,
  checksum: 20,
  text: 24,
} as const;

export function encodeRecord(
  hub: number,
  { sequence, text }: LogRecord,
): Buffer {
  const length = Buffer.byteLength(text);
  const record = Buffer.allocUnsafe(offsets.text + length);
  magic.copy(record);
  record.writeUInt32LE(hub, offsets.hub);
  record.writeDoubleLE(sequence, offsets.sequence);
  record.writeUInt32LE(length, offsets.length);
  record.write(text, offsets.text);
  record.writeUInt32LE(computeChecksum(record), offsets.checksum);
  return record;
}

/** The checksum of all other bytes. */
const computeChecksum = (record: Buffer): number =>
  crc32(
    record.subarray(offsets.text),
    crc32(record.subarray(0, offsets.checksum)),
  );

/** Reads the records of a hub after the record `applied`, which the database applied last. */
export function scanRecords(
  log: Buffer,
  hub: number,
  applied: number,
): LogScan {
  const all: LogRecord[] = [];
  let end = 0;
  for (;;) {
    const record = readRecord(log, end, hub);
    const last = all.at(-1);
    if (record === undefined || (last && record.sequence !== last.sequence + 1))
      break;
    all.push(record);
    end += offsets.text + Buffer.byteLength(record.text);
  }
  const last = all.at(-1)?.sequence ?? 0;
  const records = all.filter(({ sequence }) => sequence > applied);
  const isComplete =
    records[0] === undefined || records[0].sequence === applied + 1;
  return {
    records,
    nextPosition: last < applied ? 0 : end,
    isDamaged:
      !isComplete || hasUnreadRecords(log, end, hub, Math.max(last, applied)),
  };
}

function readRecord(
  log: Buffer,
  start: number,
  hub: number,
): LogRecord | undefined {
  if (start + offsets.text > log.length) return undefined;
  const isHeader =
    log.subarray(start, start + magic.length).equals(magic) &&
    log.readUInt32LE(start + offsets.hub) === hub;
  if (!isHeader) return undefined;
  const end = start + offsets.text + log.readUInt32LE(start + offsets.length);
  if (end > log.length) return undefined;
  const record = log.subarray(start, end);
  return record.readUInt32LE(offsets.checksum) === computeChecksum(record)
    ? {
        sequence: record.readDoubleLE(offsets.sequence),
        text: record.toString("utf8", offsets.text),
      }
    : undefined;
}

const hasUnreadRecords = (
  log: Buffer,
  from: number,
  hub: number,
  last: number,
): boolean =>
  belongsToOtherHub(log, hub) || hasLaterRecord(log, from, hub, last);

/** Whether the log starts with a record of another hub, whose database is missing. */
function belongsToOtherHub(log: Buffer, hub: number): boolean {
  if (log.length < offsets.text) return false;
  const owner = log.readUInt32LE(offsets.hub);
  return owner !== hub && readRecord(log, 0, owner) !== undefined;
}

/** Only the last record can be torn by a crash. An unreadable record before a later one is damaged. */
function hasLaterRecord(
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
    const record = readRecord(log, start, hub);
    if (record && record.sequence > last) return true;
  }
  return false;
}
