import type { ActiveInstance } from "./active-instance";

/** So many instances, and events of their histories, are kept in memory while they wait. */
const most = { instances: 1000, events: 100_000 };

/**
 * Instances that wait, with all that they need to go on at once: what comes next is often not far away. Those that have
 * waited longest are freed of it first, so that memory does not grow with the number of those that wait.
 */
export class IdleCache {
  readonly #weights = new Map<ActiveInstance, number>();
  #events = 0;

  add(active: ActiveInstance): void {
    this.remove(active);
    this.#weights.set(active, active.loadedEventCount);
    this.#events += active.loadedEventCount;
    for (const oldest of this.#weights.keys()) {
      if (this.#weights.size <= most.instances && this.#events <= most.events)
        return;
      oldest.unload();
      this.remove(oldest);
    }
  }

  remove(active: ActiveInstance): void {
    this.#events -= this.#weights.get(active) ?? 0;
    this.#weights.delete(active);
  }
}
