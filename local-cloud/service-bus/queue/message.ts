/** The AMQP sections of a message from the properties section to the end, with the exact bytes of the sender. */
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
  /** `Infinity` when the message does not expire. */
  readonly expiresAt: number;
  readonly annotations: Buffer;
  readonly state: MessageState;
  /** Number of failed deliveries. */
  readonly deliveryCount: number;
}

/**
 * A message in a queue. Its status is one of
 * `available`: not locked; `locked`: by a receiver; `committing`: a change is being written to disk, so the message can be
 * neither delivered nor settled; `removed`: no longer in the queue.
 */
export interface BrokerMessage extends MessageRecord {
  state: MessageState;
  deliveryCount: number;
  status: "available" | "locked" | "committing" | "removed";
  /** Undefined when the content is only on disk. */
  content: MessageContent | undefined;
}

/** A message lock. A receiver settles the message with the token. */
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
  /** Returns the message without counting a delivery. */
  | { readonly kind: "release" }
  | { readonly kind: "abandon"; readonly properties?: PropertyChanges }
  | { readonly kind: "defer"; readonly properties?: PropertyChanges }
  | { readonly kind: "dead-letter"; readonly properties?: PropertyChanges };
