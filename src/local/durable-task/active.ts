import { History } from "./history";
import type { Instance } from "./instance";
import type { Delivery, OrchestrationMessage } from "./message";
import type { Store, StoredEvent } from "./store";

/** An instance that has not ended, as it is in memory. Its history is there only while it is being worked on. */
export class ActiveInstance {
  readonly queue: Delivery<OrchestrationMessage>[] = [];
  /** Messages that wait for the instance to be resumed. */
  held: readonly Delivery<OrchestrationMessage>[] = [];
  instance: Instance;
  isTurning = false;
  /** Activities that run or wait to run. */
  openActivities = 0;
  readonly timers = new Set<string>();
  readonly #store: Store;
  #history: History | undefined;

  constructor(instance: Instance, store: Store) {
    this.instance = instance;
    this.#store = store;
  }

  get history(): History {
    this.#history ??= History.of(
      this.#store.history(this.instance.instanceId).map(({ event }) => event),
    );
    return this.#history;
  }

  /** Takes over what has just been committed. */
  advance(
    instance: Instance,
    appended: readonly StoredEvent[],
    anew: boolean,
  ): void {
    this.instance = instance;
    if (anew) this.#history = new History();
    else this.#history?.append(appended.map(({ event }) => event));
  }

  /** Frees the history of an instance that waits for something slow; it is read again when that comes. */
  rest(): void {
    if (this.openActivities === 0) this.#history = undefined;
  }
}
