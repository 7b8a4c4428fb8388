import type { StoreChange } from "./change";
import { Leases } from "./leases";

/** The message ids of an entity's last messages, also of those that are long completed. */
export class DuplicateDetector {
  readonly #queue: number;
  readonly #windowMs: number;
  readonly #known = new Leases<string, true>();

  constructor(queue: number, windowMs: number) {
    this.#queue = queue;
    this.#windowMs = windowMs;
  }

  /** Called at the start, with the first to be forgotten first. */
  restore(messageId: string, until: number): void {
    this.#known.grant(messageId, true, until);
  }

  /**
   * The changes that remember the id; undefined when it is known, which says that the message is a duplicate.
   * Nothing is changed, and nothing is a duplicate, when the entity does not detect any.
   */
  admit(messageId: string, now: number): StoreChange[] | undefined {
    if (this.#windowMs === 0) return [];
    const forgotten = this.#known.takeExpired(now);
    if (this.#known.has(messageId)) return undefined;
    const until = now + this.#windowMs;
    this.#known.grant(messageId, true, until);
    const queue = this.#queue;
    const changes: StoreChange[] = [
      { kind: "remember", queue, messageId, until },
    ];
    if (forgotten.length > 0)
      changes.unshift({ kind: "forget", queue, until: now });
    return changes;
  }
}
