import type {
  BrokerMessage,
  MessageContent,
  MessageRecord,
  SentMessage,
} from "./message";

/** A scheduled message does not expire: its time to live starts at the scheduled time. */
export function createMessageRecord(
  sent: SentMessage,
  sequence: number,
  now: number,
  maxTtlMs: number,
): MessageRecord {
  const { scheduledFor } = sent;
  const isScheduled = scheduledFor !== undefined && scheduledFor > now;
  const ttlMs = Math.min(sent.ttlMs ?? Infinity, maxTtlMs);
  return {
    sequence,
    enqueuedSequence: sequence,
    enqueuedAt: now,
    messageId: sent.messageId,
    sessionId: sent.sessionId,
    partitionKey: sent.partitionKey,
    ttlMs: sent.ttlMs,
    scheduledFor,
    expiresAt: isScheduled ? Infinity : now + ttlMs,
    annotations: sent.annotations,
    state: isScheduled ? "scheduled" : "active",
    deliveryCount: 0,
  };
}

/** The message becomes available once it has been committed. */
export const createBrokerMessage = (
  record: MessageRecord,
  content: MessageContent | undefined,
): BrokerMessage => ({ ...record, status: "committing", content });
