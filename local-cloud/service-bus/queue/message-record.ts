import type {
  SentMessage,
  MessageContent,
  BrokerMessage,
  MessageRecord,
} from "./message";

/** The first record of a message. While it is scheduled it does not expire: it lives from when it arrives. */
export function createMessageRecord(
  arrival: SentMessage,
  sequence: number,
  now: number,
  longestTtlMs: number,
): MessageRecord {
  const { scheduledFor } = arrival;
  const isScheduled = scheduledFor !== undefined && scheduledFor > now;
  const livesMs = Math.min(arrival.ttlMs ?? Infinity, longestTtlMs);
  return {
    sequence,
    enqueuedSequence: sequence,
    enqueuedAt: now,
    messageId: arrival.messageId,
    sessionId: arrival.sessionId,
    partitionKey: arrival.partitionKey,
    ttlMs: arrival.ttlMs,
    scheduledFor,
    expiresAt: isScheduled ? Infinity : now + livesMs,
    annotations: arrival.annotations,
    state: isScheduled ? "scheduled" : "active",
    deliveryCount: 0,
  };
}

/** Nobody has it until it has landed. */
export const createBrokerMessage = (
  record: MessageRecord,
  content: MessageContent | undefined,
): BrokerMessage => ({ ...record, status: "moving", content });
