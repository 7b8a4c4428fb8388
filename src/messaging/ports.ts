/** The port to the message broker. `test/contracts/messaging.contract.ts` runs against every adapter. */
import type { Json } from "../domain/payload";

export interface OutgoingMessage {
  /** Name of a queue or topic. */
  readonly to: string;
  /** Deterministic, at most 128 characters: duplicate detection drops a second message with the same id. */
  readonly messageId: string;
  /** Bytes are sent unchanged, any other value as JSON. */
  readonly body: Json | Uint8Array;
  readonly contentType?: string;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  /** Names start with a lower-case letter: the Functions host lower-cases the first letter on delivery. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

export interface DeadLetter {
  /** Decimal digits of a 64-bit integer, which a JavaScript number cannot hold. */
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
  /** Includes deliveries from the dead-letter queue. */
  readonly deliveryCount: number;
  /** ISO 8601 UTC. */
  readonly enqueuedAt: string;
  /** The broker's reason and description; absent for messages that AOS rejected. */
  readonly reason?: string;
  readonly description?: string;
}

/** The name of a queue, or `<queue>/$DeadLetterQueue` for its dead-letter sub-queue. */
export type QueuePath = string;

/**
 * Every method throws `messaging_unavailable` when the broker is unreachable, `queue_not_found` when the entity does not
 * exist, and `message_refused` when the broker will never accept the message.
 */
export interface Messaging {
  /** Resolves when the broker has stored the message. */
  send(message: OutgoingMessage): Promise<void>;
  /** Returns at most 250 messages in order of their sequence numbers, without locking them. */
  peekDeadLetters(
    queue: QueuePath,
    range: { readonly from?: string; readonly limit: number },
  ): Promise<readonly DeadLetter[]>;
  /**
   * Removes the message after `process` has succeeded; the message stays when `process` throws. Returns `locked` when
   * another receiver has locked the message.
   */
  processDeadLetter(
    queue: QueuePath,
    sequenceNumber: string,
    process: (message: DeadLetter) => Promise<void>,
  ): Promise<"processed" | "absent" | "locked">;
  /** Throws when the app cannot receive from the queue. */
  checkReceiving(queue: QueuePath): Promise<void>;
  /** Throws when the app cannot send to the queue or topic. Sends no message. */
  checkSending(to: string): Promise<void>;
  close(): Promise<void>;
}
