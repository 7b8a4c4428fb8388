import type { StoreChange } from "../queue/change";
import type { MessageContent, MessageRecord } from "../queue/message";

interface StoredQueue {
  /** The number of the queue in changes and reads. */
  readonly id: number;
  /** The highest sequence number ever given; 0 for none. */
  readonly lastSequence: number;
}

export interface StoredMessage extends MessageRecord {
  readonly content: MessageContent;
}

export interface StoredRules {
  /** JSON text. */
  readonly rules: string;
  /** What the entity file said of the rules when they were stored. JSON text. */
  readonly configured: string;
}

interface PeekRange {
  readonly from: number;
  readonly limit: number;
  /** Only the messages of this session. */
  readonly sessionId?: string;
}

/** Keeps the messages of a broker. Reads are of what is committed. */
export interface BrokerStore {
  /** Makes all of `changes` durable, in their order, or none and throws. */
  commit(changes: readonly StoreChange[]): void;
  /** Gives the queue of this path, in lower case, and adds it when it is new. */
  queue(path: string): StoredQueue;
  /** Paths that have messages, with how many, whether or not the entity is still configured. */
  counts(): ReadonlyMap<string, number>;
  /** By sequence number. */
  messages(queue: number): Iterable<MessageRecord>;
  content(queue: number, sequence: number): MessageContent;
  /** By sequence number, from the number on. */
  peek(queue: number, range: PeekRange): readonly StoredMessage[];
  /** The first to be forgotten first. */
  duplicates(
    queue: number,
  ): readonly { readonly messageId: string; readonly until: number }[];
  sessionStates(
    queue: number,
  ): readonly { readonly sessionId: string; readonly state: Buffer }[];
  rules(queue: number): StoredRules | undefined;
  close(): void;
}

/** The broker cannot be started. The message is one sentence for people. */
export class BrokerStartError extends Error {
  override readonly name = "BrokerStartError";
  readonly code:
    | "service_bus_damaged" // the file of the messages
    | "service_bus_newer" // the file was written by a later version
    | "service_bus_in_use" // another broker works in the data folder
    | "service_bus_entities_invalid" // the entity file
    | "service_bus_port_in_use"
    | "service_bus_port_unusable";

  constructor(
    code: BrokerStartError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
