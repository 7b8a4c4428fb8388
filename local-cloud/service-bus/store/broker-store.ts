import type { StoreChange } from "../queue/change";
import type { MessageContent, MessageRecord } from "../queue/message";

interface StoredQueue {
  /** Identifies the queue in changes and reads. */
  readonly id: number;
  /** The highest sequence number ever assigned; 0 if none. */
  readonly lastSequence: number;
}

export interface StoredMessage extends MessageRecord {
  readonly content: MessageContent;
}

export interface StoredRules {
  /** JSON text. */
  readonly rules: string;
  /** The rules in the entity file at the time of the last change. JSON text. */
  readonly configured: string;
}

interface PeekRange {
  /** The first sequence number. */
  readonly from: number;
  readonly limit: number;
  /** Returns only messages of this session. */
  readonly sessionId?: string;
}

/** Persistence port of the broker. Reads return committed data only. */
export interface BrokerStore {
  /** Makes all changes durable in order. Throws when none is durable. */
  commit(changes: readonly StoreChange[]): void;
  /** Returns the queue with this path (lower case) and adds it if it does not exist. */
  queue(path: string): StoredQueue;
  /** Message counts by path, without empty queues. Includes entities that are no longer configured. */
  counts(): ReadonlyMap<string, number>;
  /** In order of sequence number. */
  messages(queue: number): Iterable<MessageRecord>;
  content(queue: number, sequence: number): MessageContent;
  /** In order of sequence number. */
  peek(queue: number, range: PeekRange): readonly StoredMessage[];
  /** In order of expiry. */
  duplicates(
    queue: number,
  ): readonly { readonly messageId: string; readonly until: number }[];
  sessionStates(
    queue: number,
  ): readonly { readonly sessionId: string; readonly state: Buffer }[];
  rules(queue: number): StoredRules | undefined;
  close(): void;
}
