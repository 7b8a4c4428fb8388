import type { StoreChange } from "./change";
import { Leases } from "./leases";

/** Remembers the message ids of one entity for the duplicate detection window, including ids of completed messages. */
export class DuplicateDetector {
  readonly #queue: number;
  readonly #windowMs: number;
  readonly #known = new Leases<string, true>();

  constructor(queue: number, windowMs: number) {
    this.#queue = queue;
    this.#windowMs = windowMs;
  }

  /** Must be called in order of expiry. */
  restore(messageId: string, until: number): void {
    this.#known.grant(messageId, true, until);
  }

  /** Returns the changes that record the id, none when detection is off; undefined when the message is a duplicate. */
  register(messageId: string, now: number): StoreChange[] | undefined {
    if (this.#windowMs === 0) return [];
    const expired = this.#known.takeExpired(now);
    if (this.#known.has(messageId)) return undefined;
    const until = now + this.#windowMs;
    this.#known.grant(messageId, true, until);
    const queue = this.#queue;
    const changes: StoreChange[] = [
      { kind: "remember", queue, messageId, until },
    ];
    if (expired.length > 0)
      changes.unshift({ kind: "forget", queue, until: now });
    return changes;
  }
}
