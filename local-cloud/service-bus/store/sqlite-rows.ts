import type { MessageContent, MessageRecord } from "../queue/message";
import type { StoredMessage } from "./broker-store";

export type BrokerSqlValue = string | number | null | Buffer | ArrayBuffer;
export type BrokerRow = Readonly<Record<string, BrokerSqlValue>>;

/** In the order of the columns. */
export const toMessageRow = (
  queue: number,
  message: MessageRecord,
  content: MessageContent,
): BrokerSqlValue[] => [
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

export const toMessageRecord = (row: BrokerRow): MessageRecord => ({
  sequence: Number(row["sequence"]),
  enqueuedSequence: Number(row["enqueued_sequence"]),
  enqueuedAt: Number(row["enqueued_at"]),
  messageId: readText(row["message_id"]),
  sessionId: readOptionalText(row["session_id"]),
  partitionKey: readOptionalText(row["partition_key"]),
  ttlMs: readOptionalNumber(row["ttl"]),
  scheduledFor: readOptionalNumber(row["scheduled_for"]),
  expiresAt: readOptionalNumber(row["expires_at"]) ?? Infinity,
  annotations: readBlob(row["annotations"]),
  state: readText(row["state"]) as MessageRecord["state"],
  deliveryCount: Number(row["delivery_count"]),
});

export const toStoredMessage = (row: BrokerRow): StoredMessage => ({
  ...toMessageRecord(row),
  content: readBlob(row["content"]),
});

/** libsql returns a blob as Buffer from `get`, but as ArrayBuffer from `all`. */
export function readBlob(value: BrokerSqlValue | undefined): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.alloc(0);
}

export const readText = (value: BrokerSqlValue | undefined): string =>
  typeof value === "string" ? value : "";
const readOptionalText = (value: BrokerSqlValue | undefined) =>
  typeof value === "string" ? value : undefined;
const readOptionalNumber = (value: BrokerSqlValue | undefined) =>
  typeof value === "number" ? value : undefined;
