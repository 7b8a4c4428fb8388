import type { MessageContent, MessageRecord } from "../queue/message";
import {
  encodeCompound,
  encodeDescribed,
  encodeInt,
  encodeLong,
  encodeString,
  encodeSymbol,
  encodeTimestamp,
} from "./encoding";
import { sectionCode } from "./sections";
import { uuidToBytes } from "./lock-token";
import { findValueEnd } from "./decoding";

/** The lock annotations of a delivered message. */
export interface LockInfo {
  readonly token: string;
  readonly until: number;
}

const keys = {
  sequence: encodeSymbol("x-opt-sequence-number"),
  enqueuedSequence: encodeSymbol("x-opt-enqueue-sequence-number"),
  enqueuedAt: encodeSymbol("x-opt-enqueued-time"),
  lockedUntil: encodeSymbol("x-opt-locked-until"),
  state: encodeSymbol("x-opt-message-state"),
  partitionKey: encodeSymbol("x-opt-partition-key"),
  scheduledFor: encodeSymbol("x-opt-scheduled-enqueue-time"),
  lockToken: encodeSymbol("x-opt-lock-token"),
};
const states = { active: 0, deferred: 1, scheduled: 2 } as const;

/** Encodes a message for a receiver: header and annotations by the broker, the content unchanged. */
export function writeMessage(
  message: MessageRecord,
  content: MessageContent,
  lock?: LockInfo,
): Buffer {
  return Buffer.concat([
    writeHeader(message),
    ...(lock ? [writeLockToken(lock)] : []),
    writeAnnotations(message, lock),
    content,
  ]);
}

/** Fields: durable, priority 4, ttl, first acquirer, delivery count. Clients require the count even when it is 0. */
function writeHeader({ ttlMs, deliveryCount }: MessageRecord): Buffer {
  const hasTtl = ttlMs !== undefined;
  const bytes = Buffer.alloc(hasTtl ? 20 : 16);
  const size = bytes.length - 5;
  bytes.set([0x00, 0x53, sectionCode.header, 0xc0, size, 5, 0x41, 0x50, 4]);
  let at = 9;
  if (hasTtl) {
    bytes[at] = 0x70;
    bytes.writeUInt32BE(Math.min(ttlMs, 2 ** 32 - 1), at + 1);
    at += 5;
  } else bytes[at++] = 0x40;
  bytes[at++] = deliveryCount === 0 ? 0x41 : 0x42;
  bytes[at++] = 0x70;
  bytes.writeUInt32BE(deliveryCount, at);
  return bytes;
}

function writeLockToken({ token }: LockInfo): Buffer {
  const key = keys.lockToken;
  const size = 1 + key.length + 17;
  return Buffer.concat([
    Buffer.from([
      ...[0x00, 0x53, sectionCode.deliveryAnnotations],
      ...[0xc1, size, 2],
    ]),
    key,
    Buffer.from([0x98]),
    uuidToBytes(token),
  ]);
}

function writeAnnotations(message: MessageRecord, lock?: LockInfo): Buffer {
  const { partitionKey, scheduledFor } = message;
  const entries: (readonly [Buffer, Buffer])[] = [
    [keys.sequence, encodeLong(message.sequence)],
    [keys.enqueuedSequence, encodeLong(message.enqueuedSequence)],
    [keys.enqueuedAt, encodeTimestamp(message.enqueuedAt)],
    [keys.state, encodeInt(states[message.state])],
  ];
  if (lock) entries.push([keys.lockedUntil, encodeTimestamp(lock.until)]);
  if (partitionKey !== undefined)
    entries.push([keys.partitionKey, encodeString(partitionKey)]);
  if (scheduledFor !== undefined)
    entries.push([keys.scheduledFor, encodeTimestamp(scheduledFor)]);
  const other = message.annotations;
  return encodeDescribed(
    sectionCode.messageAnnotations,
    encodeCompound(0xd1, 2 * entries.length + countValues(other), [
      ...entries.flat(),
      other,
    ]),
  );
}

function countValues(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) at = findValueEnd(bytes, at);
  return count;
}
