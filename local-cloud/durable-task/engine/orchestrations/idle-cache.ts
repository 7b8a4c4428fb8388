import type { ActiveInstance } from "./active-instance";

/** The limits for waiting instances and for the events of their histories in memory. */
const limits = { instances: 1000, events: 100_000 };

/** Keeps the histories and sessions of waiting instances. Unloads those that have waited longest, so memory is bounded. */
export class IdleCache {
  readonly #eventCounts = new Map<ActiveInstance, number>();
  #totalEvents = 0;

  add(active: ActiveInstance): void {
    this.remove(active);
    this.#eventCounts.set(active, active.loadedEventCount);
    this.#totalEvents += active.loadedEventCount;
    for (const oldest of this.#eventCounts.keys()) {
      if (
        this.#eventCounts.size <= limits.instances &&
        this.#totalEvents <= limits.events
      )
        return;
      oldest.unload();
      this.remove(oldest);
    }
  }

  remove(active: ActiveInstance): void {
    this.#totalEvents -= this.#eventCounts.get(active) ?? 0;
    this.#eventCounts.delete(active);
  }
}
