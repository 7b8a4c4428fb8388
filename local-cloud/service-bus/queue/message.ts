/** The encoded sections of an AMQP message from the properties on, byte for byte as the sender encoded them. */
export type MessageContent = Buffer;

/** A message from a sender. Times are milliseconds since the epoch. */
export interface SentMessage {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** The time to live that the sender requests; the entity may shorten it. */
  readonly ttlMs: number | undefined;
  /** The message is not delivered before this time. */
  readonly scheduledFor: number | undefined;
  /** The encoded keys and values of message annotations that the broker does not set itself. */
  readonly annotations: Buffer;
  readonly content: MessageContent;
}

export type MessageState = "active" | "deferred" | "scheduled";

/** The persisted data of a message, without its content. */
export interface MessageRecord {
  readonly sequence: number;
  /** The sequence number in the entity that the message was sent to; differs from `sequence` for a dead letter. */
  readonly enqueuedSequence: number;
  readonly enqueuedAt: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  readonly ttlMs: number | undefined;
  readonly scheduledFor: number | undefined;
  /** Infinity: never. */
  readonly expiresAt: number;
  readonly annotations: Buffer;
  readonly state: MessageState;
  /** Number of failed deliveries. */
  readonly deliveryCount: number;
}

/**
 * A message in a queue. Its status is one of
 * `available`: no receiver has it; `locked`: a receiver has it; `committing`: a change of it is being written to disk, so
 * it can be neither delivered nor settled; `removed`: it is no longer in the queue.
 */
export interface BrokerMessage extends MessageRecord {
  state: MessageState;
  deliveryCount: number;
  status: "available" | "locked" | "committing" | "removed";
  /** Undefined: it is on disk only. */
  content: MessageContent | undefined;
}

/** A message lock. The token is the right to settle the message. */
export interface MessageLock {
  readonly token: string;
  readonly message: BrokerMessage;
  readonly until: number;
}

/** Application properties to set on a message when it is settled. */
export type PropertyChanges = Readonly<Record<string, unknown>>;

/** How a receiver settles a message. */
export type SettlementOutcome =
  | { readonly kind: "complete" }
  | { readonly kind: "abandon"; readonly properties?: PropertyChanges }
  | { readonly kind: "defer"; readonly properties?: PropertyChanges }
  | { readonly kind: "dead-letter"; readonly properties?: PropertyChanges };
