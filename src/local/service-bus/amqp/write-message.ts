import type { Content, MessageRecord } from "../rules/message";
import {
  compound,
  described,
  int,
  long,
  string,
  symbol,
  timestamp,
} from "./encoding";
import { sectionCode } from "./sections";
import { uuidBytes } from "./lock-token";
import { endOfValue } from "./wire";

/** What is told of a lock together with the message. */
export interface ToldLock {
  readonly token: string;
  readonly until: number;
}

const keys = {
  sequence: symbol("x-opt-sequence-number"),
  enqueuedSequence: symbol("x-opt-enqueue-sequence-number"),
  enqueuedAt: symbol("x-opt-enqueued-time"),
  lockedUntil: symbol("x-opt-locked-until"),
  state: symbol("x-opt-message-state"),
  partitionKey: symbol("x-opt-partition-key"),
  scheduledFor: symbol("x-opt-scheduled-enqueue-time"),
  lockToken: symbol("x-opt-lock-token"),
};
const states = { active: 0, deferred: 1, scheduled: 2 } as const;

/** The message as a receiver gets it: header and annotations are the broker's, the content is as it came. */
export function writeMessage(
  message: MessageRecord,
  content: Content,
  lock?: ToldLock,
): Buffer {
  return Buffer.concat([
    header(message),
    ...(lock ? [lockAnnotation(lock)] : []),
    annotations(message, lock),
    content,
  ]);
}

/** Durable, priority 4, ttl, first acquirer, delivery count; the count must be there even when it is 0. */
function header({ ttlMs, deliveryCount }: MessageRecord): Buffer {
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

function lockAnnotation({ token }: ToldLock): Buffer {
  const key = keys.lockToken;
  const size = 1 + key.length + 17;
  return Buffer.concat([
    Buffer.from([
      ...[0x00, 0x53, sectionCode.deliveryAnnotations],
      ...[0xc1, size, 2],
    ]),
    key,
    Buffer.from([0x98]),
    uuidBytes(token),
  ]);
}

function annotations(message: MessageRecord, lock?: ToldLock): Buffer {
  const { partitionKey, scheduledFor } = message;
  const own: (readonly [Buffer, Buffer])[] = [
    [keys.sequence, long(message.sequence)],
    [keys.enqueuedSequence, long(message.enqueuedSequence)],
    [keys.enqueuedAt, timestamp(message.enqueuedAt)],
    [keys.state, int(states[message.state])],
  ];
  if (lock) own.push([keys.lockedUntil, timestamp(lock.until)]);
  if (partitionKey !== undefined)
    own.push([keys.partitionKey, string(partitionKey)]);
  if (scheduledFor !== undefined)
    own.push([keys.scheduledFor, timestamp(scheduledFor)]);
  const others = message.annotations;
  return described(
    sectionCode.messageAnnotations,
    compound(0xd1, 2 * own.length + valuesIn(others), [...own.flat(), others]),
  );
}

/** How many values the bytes hold, one after another. */
function valuesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) at = endOfValue(bytes, at);
  return count;
}
