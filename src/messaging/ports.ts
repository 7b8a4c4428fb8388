/** What AOS asks of a message broker. Adapters only move messages; one contract suite runs against each of them. */
import type { Json } from "../domain/payload";

export interface OutgoingMessage {
  /** A queue or a topic. */
  readonly to: string;
  /** Deterministic: what is sent twice under one id within the entity's window arrives once. At most 128 characters. */
  readonly messageId: string;
  /** Bytes are sent as they are, everything else as JSON. */
  readonly body: Json | Uint8Array;
  readonly contentType?: string;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  /** Names begin with a lower-case letter: the Functions host makes every first letter one. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** A message that waits in a queue of dead letters. */
export interface DeadLetter {
  /** Decimal digits: it may be larger than a JavaScript number. */
  readonly sequenceNumber: string;
  readonly messageId: string;
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** How often it was delivered before it came here, and here. */
  readonly deliveryCount: number;
  /** ISO 8601 UTC. */
  readonly enqueuedAt: string;
  /** What the broker says of why it is here. */
  readonly reason?: string;
  readonly description?: string;
}

/** The name of a queue, or `<queue>/$DeadLetterQueue` for the broker's own dead letters of it. */
export type QueuePath = string;

/**
 * Throws `messaging_unavailable` when the broker cannot be reached, `queue_not_found` when it has no such entity, and
 * `message_refused` when it will never take the message.
 */
export interface Messaging {
  /** Resolves when the broker has the message. */
  send(message: OutgoingMessage): Promise<void>;
  /** Messages of a queue from a sequence number on, in order, at most 250, without locking them. */
  peekDeadLetters(
    queue: QueuePath,
    range: { readonly from?: string; readonly limit: number },
  ): Promise<readonly DeadLetter[]>;
  /**
   * Removes the message after `work` has succeeded with it; if that fails it stays. Gives `absent` when there is no such
   * message, and `locked` when there is but somebody else is at it.
   */
  processDeadLetter(
    queue: QueuePath,
    sequenceNumber: string,
    work: (message: DeadLetter) => Promise<void>,
  ): Promise<"taken" | "absent" | "locked">;
  /** Throws when messages of the queue cannot be read: the broker cannot be reached, lacks it, or does not allow it. */
  checkReceiving(queue: QueuePath): Promise<void>;
  /** The same for sending to a queue or topic. Nothing is sent. */
  checkSending(to: string): Promise<void>;
  close(): Promise<void>;
}
