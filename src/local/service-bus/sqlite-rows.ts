/** The records of the broker's tables, to and from what the port speaks of. */
import type { Content, MessageRecord } from "./rules/message";
import type { StoredMessage } from "./store";

export type Value = string | number | null | Buffer | ArrayBuffer;
export type Row = Readonly<Record<string, Value>>;

/** In the order of the columns. */
export const fromMessage = (
  queue: number,
  message: MessageRecord,
  content: Content,
): Value[] => [
  queue,
  message.sequence,
  message.enqueuedSequence,
  message.enqueuedAt,
  message.messageId,
  message.sessionId ?? null,
  message.partitionKey ?? null,
  message.ttlMs ?? null,
  message.scheduledFor ?? null,
  message.expiresAt === Infinity ? null : message.expiresAt,
  message.annotations,
  message.state,
  message.deliveryCount,
  content,
];

export const toRecord = (row: Row): MessageRecord => ({
  sequence: Number(row["sequence"]),
  enqueuedSequence: Number(row["enqueued_sequence"]),
  enqueuedAt: Number(row["enqueued_at"]),
  messageId: text(row["message_id"]),
  sessionId: textOrAbsent(row["session_id"]),
  partitionKey: textOrAbsent(row["partition_key"]),
  ttlMs: numberOrAbsent(row["ttl"]),
  scheduledFor: numberOrAbsent(row["scheduled_for"]),
  expiresAt: numberOrAbsent(row["expires_at"]) ?? Infinity,
  annotations: bytes(row["annotations"]),
  state: text(row["state"]) as MessageRecord["state"],
  deliveryCount: Number(row["delivery_count"]),
});

export const toStoredMessage = (row: Row): StoredMessage => ({
  ...toRecord(row),
  content: bytes(row["content"]),
});

/** libsql gives bytes as a buffer when it reads one row, and as an ArrayBuffer when it reads all. */
export function bytes(value: Value | undefined): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.alloc(0);
}

export const text = (value: Value | undefined): string =>
  typeof value === "string" ? value : "";
const textOrAbsent = (value: Value | undefined) =>
  typeof value === "string" ? value : undefined;
const numberOrAbsent = (value: Value | undefined) =>
  typeof value === "number" ? value : undefined;
