import type { StoreChange, Journal } from "../queue/change";
import type { BrokerStore } from "./broker-store";

/**
 * Commits in groups: what is asked for in one tick of the event loop goes to disk in one transaction, with one flush.
 * A commit that fails (a full disk) is tried again until it succeeds; nobody is told of it before.
 */
export class BrokerCommitter implements Journal {
  readonly #store: BrokerStore;
  readonly #onProblem: (error: unknown) => void;
  #changes: StoreChange[] = [];
  #landings: (() => void)[] = [];
  #isScheduled = false;

  constructor(store: BrokerStore, onProblem: (error: unknown) => void) {
    this.#store = store;
    this.#onProblem = onProblem;
  }

  /** Changes that are written in one tick become true together: a message reaches all subscriptions or none. */
  write(changes: readonly StoreChange[], landed: () => void): void {
    for (const change of changes) this.#changes.push(change);
    this.#landings.push(landed);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.flush();
    });
  }

  /** Commits now what waits. What the landings ask for is the next group. */
  flush(): void {
    this.#isScheduled = false;
    const changes = this.#changes;
    const landings = this.#landings;
    try {
      if (changes.length > 0) this.#store.commit(changes);
    } catch (error) {
      this.#onProblem(error);
      this.#isScheduled = true;
      setTimeout(() => {
        this.flush();
      }, retryMs);
      return;
    }
    this.#changes = [];
    this.#landings = [];
    for (const landed of landings) landed();
  }

  /** Commits what waits, and what comes of it, until nothing does. Throws when that cannot be. */
  settle(): void {
    while (this.#landings.length > 0) {
      const before = this.#landings;
      this.flush();
      if (this.#landings === before)
        throw new Error("What is to be kept cannot be written to disk.");
    }
  }
}

const retryMs = 1000;
