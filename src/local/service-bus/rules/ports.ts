import type { Journal } from "./change";
import type { Arrival, Content, PropertyChanges } from "./message";
import type { Messages } from "./messages";
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

export interface QueueIdentity {
  /** The number of the queue on disk. */
  readonly id: number;
  /** For people and for clients, as it was configured. */
  readonly path: string;
  readonly settings: QueueSettings;
  /** Undefined: the queue is a dead-letter queue itself, or a topic. */
  readonly deadLetters: Messages | undefined;
  /** The highest sequence number that was ever given in this queue. */
  readonly lastSequence: number;
  /**
   * Present for a topic, which keeps nothing but what is scheduled: takes what arrives. What it writes in the same tick
   * becomes true together with what this queue writes.
   */
  readonly forward?: (arrival: Arrival) => void;
}
