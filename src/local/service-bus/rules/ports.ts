import type { Change, Journal } from "./change";
import type {
  Arrival,
  Content,
  Message,
  MessageRecord,
  PropertyChanges,
} from "./message";
import type { QueueSettings } from "./settings";

/** What a queue needs of the world. */
export interface QueuePorts {
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new lock token: a UUID, in lower case. */
  readonly newToken: () => string;
  readonly contentOnDisk: (queue: number, sequence: number) => Content;
  /** The content with application properties set. */
  readonly withProperties: (
    content: Content,
    changes: PropertyChanges,
  ) => Content;
}

/** Where messages go that nobody could deal with. */
export interface DeadLetters {
  /** The message as it will be among the dead letters: with a number of theirs. It is there when it is admitted. */
  adopt(message: MessageRecord, content: Content): Message;
  /** What writes the message down. */
  creation(message: MessageRecord, content: Content): Change;
  /** Takes in a message that has become durable. */
  admit(message: Message): void;
}

export interface QueueIdentity {
  /** The number of the queue on disk. */
  readonly id: number;
  /** For people and for clients, as it was configured. */
  readonly path: string;
  readonly settings: QueueSettings;
  /** Undefined: the queue is a dead-letter queue itself, or a topic. */
  readonly deadLetters: DeadLetters | undefined;
  /** The highest sequence number that was ever given in this queue. */
  readonly lastSequence: number;
  /**
   * Present for a topic, which keeps nothing but what is scheduled: takes what arrives. What it writes in the same tick
   * becomes true together with what this queue writes.
   */
  readonly forward?: (arrival: Arrival) => void;
}
