/**
 * Values that expire: message locks, session locks, remembered message ids.
 *
 * L1. All leases of one instance have the same duration, so the order of granting is the order of expiry: the first
 *     entry of the map expires next, and no heap is needed.
 */
export class Leases<Key, Value> {
  readonly #leases = new Map<Key, { value: Value; until: number }>();

  get size(): number {
    return this.#leases.size;
  }

  /** Grants or renews a lease. */
  grant(key: Key, value: Value, until: number): void {
    this.#leases.delete(key);
    this.#leases.set(key, { value, until });
  }

  get(key: Key): Value | undefined {
    return this.#leases.get(key)?.value;
  }

  has(key: Key): boolean {
    return this.#leases.has(key);
  }

  release(key: Key): void {
    this.#leases.delete(key);
  }

  /** Undefined when there is no lease. */
  get nextExpiry(): number | undefined {
    for (const { until } of this.#leases.values()) return until;
    return undefined;
  }

  /** Removes and returns all leases that have expired by `now`, in order of expiry. */
  takeExpired(now: number): [Key, Value][] {
    const expired: [Key, Value][] = [];
    for (const [key, { value, until }] of this.#leases) {
      if (until > now) break;
      this.#leases.delete(key);
      expired.push([key, value]);
    }
    return expired;
  }
}
