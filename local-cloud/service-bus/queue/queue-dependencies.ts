import type { Journal, StoreChange } from "./change";
import type {
  BrokerMessage,
  MessageContent,
  MessageRecord,
  PropertyChanges,
  SentMessage,
} from "./message";
import type { BrokerQueueSettings } from "./queue-settings";

export interface QueueDependencies {
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Returns a UUID in lower case. */
  readonly newLockToken: () => string;
  readonly loadContent: (queue: number, sequence: number) => MessageContent;
  /** Returns the content with the application properties set. */
  readonly setProperties: (
    content: MessageContent,
    changes: PropertyChanges,
  ) => MessageContent;
}

/** The operations of a dead-letter queue that its main queue calls. */
export interface DeadLetterSink {
  /** Creates the dead letter of a message. It becomes available when it is admitted. */
  createDeadLetter(
    message: MessageRecord,
    content: MessageContent,
  ): BrokerMessage;
  /** The change that persists the dead letter. */
  toPutChange(message: MessageRecord, content: MessageContent): StoreChange;
  /** Makes a committed message available. */
  admit(message: BrokerMessage): void;
}

export interface QueueDefinition {
  /** Identifies the queue in the store. */
  readonly id: number;
  /** The path as configured, for messages to users and clients. */
  readonly path: string;
  readonly settings: BrokerQueueSettings;
  /** Undefined: the queue is itself a dead-letter queue, or a topic. */
  readonly deadLetters: DeadLetterSink | undefined;
  /** The highest sequence number ever assigned in this queue. */
  readonly lastSequence: number;
  /**
   * Present for a topic: receives every active message; the topic itself keeps scheduled messages only. Its changes are
   * written in the same tick as the topic's, so they are committed atomically with them.
   */
  readonly forward?: (message: SentMessage) => void;
}
