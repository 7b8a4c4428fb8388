import type { ExtendedSession } from "./extended-session";
import { History } from "../episode/history";
import type { Instance } from "../instance";
import type { Delivery, OrchestrationMessage } from "../message";
import type { Store, StoredEvent } from "../store/store";

/** An instance that has not ended, as it is in memory. Its history is there only while it is needed, and not for long after. */
export class ActiveInstance {
  readonly queue: Delivery<OrchestrationMessage>[] = [];
  /** Messages that wait for the instance to be resumed. */
  held: readonly Delivery<OrchestrationMessage>[] = [];
  instance: Instance;
  /** False until the commit that begins the execution is on disk: nobody is told of it before. */
  isOnDisk = true;
  isTurning = false;
  /** Activities that run or wait to run. */
  openActivities = 0;
  readonly timers = new Set<string>();
  /** Where the function stands, if that is known without a replay. */
  session: ExtendedSession | undefined;
  readonly #store: Store;
  #history: History | undefined;

  constructor(instance: Instance, store: Store) {
    this.instance = instance;
    this.#store = store;
  }

  /** One that begins with `instance`, whatever the store still has under its id. */
  static begun(instance: Instance, store: Store): ActiveInstance {
    const active = new ActiveInstance(instance, store);
    active.isOnDisk = false;
    active.#history = new History();
    return active;
  }

  get history(): History {
    this.#history ??= History.of(
      this.#store.history(this.instance.instanceId).map(({ event }) => event),
    );
    return this.#history;
  }

  /** How many events of the history are in memory. */
  get loadedEvents(): number {
    return this.#history?.events.length ?? 0;
  }

  /** Takes over what has just been committed. */
  advance(
    instance: Instance,
    appended: readonly StoredEvent[],
    anew: boolean,
  ): void {
    this.instance = instance;
    if (anew) {
      this.#history = new History();
      this.session = undefined;
    } else this.#history?.append(appended.map(({ event }) => event));
  }

  /** Of what can be had again from the store. */
  free(): void {
    this.#history = undefined;
    this.session = undefined;
  }
}
