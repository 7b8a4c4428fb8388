import type { MessageContent, MessageRecord, MessageState } from "./message";

/** A change of persisted data. `queue` is the id of a queue, subscription, topic or dead-letter queue. */
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
      /** Undefined leaves the content unchanged. */
      readonly content?: MessageContent;
    }
  | {
      readonly kind: "remove";
      readonly queue: number;
      readonly sequence: number;
    }
  /** Records a message id for duplicate detection. */
  | {
      readonly kind: "remember";
      readonly queue: number;
      readonly messageId: string;
      readonly until: number;
    }
  /** Deletes message ids that were recorded until `until` or earlier. */
  | { readonly kind: "forget"; readonly queue: number; readonly until: number }
  /** The state of a session; null removes it. */
  | {
      readonly kind: "session";
      readonly queue: number;
      readonly sessionId: string;
      readonly state: Buffer | null;
    }
  /** The current rules of a subscription and its rules in the entity file, as JSON. */
  | {
      readonly kind: "rules";
      readonly queue: number;
      readonly rules: string;
      readonly configured: string;
    };

export interface Journal {
  /**
   * Calls `onCommitted` once the changes are on disk: in the order of the calls, never synchronously. Changes that are
   * written in one tick are committed atomically: a message reaches all subscriptions of a topic, or none.
   */
  write(changes: readonly StoreChange[], onCommitted: () => void): void;
}
