/**
 * What is held for a time and then lost: locks of messages, locks of sessions, message ids that are remembered.
 *
 * L1. All that is held by one object is granted for the same duration, so the order of granting is the order of expiry:
 *     the first is always the next to expire, and no heap is needed.
 */
export class Leases<Key, Value> {
  readonly #held = new Map<Key, { value: Value; until: number }>();

  get size(): number {
    return this.#held.size;
  }

  grant(key: Key, value: Value, until: number): void {
    this.#held.delete(key);
    this.#held.set(key, { value, until });
  }

  get(key: Key): Value | undefined {
    return this.#held.get(key)?.value;
  }

  has(key: Key): boolean {
    return this.#held.has(key);
  }

  release(key: Key): void {
    this.#held.delete(key);
  }

  /** When the next expires; undefined when nothing is held. */
  get nextExpiry(): number | undefined {
    for (const { until } of this.#held.values()) return until;
    return undefined;
  }

  /** Takes what has expired by `now` out and gives it back, the first to expire first. */
  takeExpired(now: number): [Key, Value][] {
    const expired: [Key, Value][] = [];
    for (const [key, { value, until }] of this.#held) {
      if (until > now) break;
      this.#held.delete(key);
      expired.push([key, value]);
    }
    return expired;
  }
}
