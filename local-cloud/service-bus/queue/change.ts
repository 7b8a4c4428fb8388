import type { MessageContent, MessageRecord, MessageState } from "./message";

/** One change of what is on disk. `queue` is the number of a queue, a subscription, a topic or a dead-letter queue. */
export type StoreChange =
  | {
      readonly kind: "put";
      readonly queue: number;
      readonly message: MessageRecord;
      readonly content: MessageContent;
    }
  | {
      readonly kind: "update";
      readonly queue: number;
      readonly sequence: number;
      readonly state: MessageState;
      readonly deliveryCount: number;
      /** Undefined: as it is. */
      readonly content?: MessageContent;
    }
  | {
      readonly kind: "remove";
      readonly queue: number;
      readonly sequence: number;
    }
  /** A message id is remembered for duplicate detection. */
  | {
      readonly kind: "remember";
      readonly queue: number;
      readonly messageId: string;
      readonly until: number;
    }
  /** What was to be remembered until `until` and before is forgotten. */
  | { readonly kind: "forget"; readonly queue: number; readonly until: number }
  /** The state of a session; null removes it. */
  | {
      readonly kind: "session";
      readonly queue: number;
      readonly sessionId: string;
      readonly state: Buffer | null;
    }
  /** The rules of a subscription, as JSON; `configured` is what the entity file said of them then. */
  | {
      readonly kind: "rules";
      readonly queue: number;
      readonly rules: string;
      readonly configured: string;
    };

/** Writes changes down. */
export interface Journal {
  /** Calls `landed` once the changes are on disk; in the order of the calls, and never within the call. */
  write(changes: readonly StoreChange[], landed: () => void): void;
}
