import type { StoreChange, Journal } from "./change";
import type {
  SentMessage,
  MessageContent,
  BrokerMessage,
  MessageRecord,
  PropertyChanges,
} from "./message";
import type { BrokerQueueSettings } from "./queue-settings";

/** What a queue needs of the world. */
export interface QueueDependencies {
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new lock token: a UUID, in lower case. */
  readonly newToken: () => string;
  readonly contentOnDisk: (queue: number, sequence: number) => MessageContent;
  /** The content with application properties set. */
  readonly withProperties: (
    content: MessageContent,
    changes: PropertyChanges,
  ) => MessageContent;
}

/** Where messages go that nobody could deal with. */
export interface DeadLetterSink {
  /** The message as it will be among the dead letters: with a number of theirs. It is there when it is admitted. */
  adopt(message: MessageRecord, content: MessageContent): BrokerMessage;
  /** What writes the message down. */
  creation(message: MessageRecord, content: MessageContent): StoreChange;
  /** Takes in a message that has become durable. */
  admit(message: BrokerMessage): void;
}

export interface QueueDefinition {
  /** The number of the queue on disk. */
  readonly id: number;
  /** For people and for clients, as it was configured. */
  readonly path: string;
  readonly settings: BrokerQueueSettings;
  /** Undefined: the queue is a dead-letter queue itself, or a topic. */
  readonly deadLetters: DeadLetterSink | undefined;
  /** The highest sequence number that was ever given in this queue. */
  readonly lastSequence: number;
  /**
   * Present for a topic, which keeps nothing but what is scheduled: takes what arrives. What it writes in the same tick
   * becomes true together with what this queue writes.
   */
  readonly forward?: (arrival: SentMessage) => void;
}
