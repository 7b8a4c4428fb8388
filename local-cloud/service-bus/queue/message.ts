/** What of an AMQP message the rules do not look into: the sections from the properties on, byte for byte as they came. */
export type MessageContent = Buffer;

/** A message as a sender gives it. Times are milliseconds since the epoch. */
export interface SentMessage {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** How long the sender wants it kept; the entity may keep it shorter. */
  readonly ttlMs: number | undefined;
  /** Not to be given out before this time. */
  readonly scheduledFor: number | undefined;
  /** Message annotations that are not the broker's own, encoded: keys and values one after another. */
  readonly annotations: Buffer;
  readonly content: MessageContent;
}

export type MessageState = "active" | "deferred" | "scheduled";

/** What is kept on disk of a message, beside its content. */
export interface MessageRecord {
  readonly sequence: number;
  /** The number it had in the entity that it was sent to; another than `sequence` for a dead letter. */
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
  /** How often it was given out without being settled. */
  readonly deliveryCount: number;
}

/**
 * A message that the rules hold. `status` says who has it:
 * `waiting` nobody; `locked` a receiver; `moving` the disk: a change of it is being written, and nobody may touch it
 * until that has landed; `gone` it is no longer here.
 */
export interface BrokerMessage extends MessageRecord {
  state: MessageState;
  deliveryCount: number;
  status: "waiting" | "locked" | "moving" | "gone";
  /** Undefined: it is on disk only. */
  content: MessageContent | undefined;
}

/** A lock of a message: who presents the token may settle it. */
export interface MessageLock {
  readonly token: string;
  readonly message: BrokerMessage;
  readonly until: number;
}

/** Application properties that are set on a message when it is settled. */
export type PropertyChanges = Readonly<Record<string, unknown>>;

/** What a receiver says of a message that it has locked. */
export type SettlementOutcome =
  | { readonly kind: "complete" }
  | { readonly kind: "abandon"; readonly properties?: PropertyChanges }
  | { readonly kind: "defer"; readonly properties?: PropertyChanges }
  | { readonly kind: "dead-letter"; readonly properties?: PropertyChanges };
