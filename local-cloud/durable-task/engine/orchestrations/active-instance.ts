import type { ExtendedSession } from "./extended-session";
import { ExecutionHistory } from "../../replay/execution-history";
import type { Instance } from "../../model/instance";
import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../../model/hub-message";
import type { TaskHubStore, StoredEvent } from "../../store/task-hub-store";

/** An instance that has not ended, as it is in memory. Its history is there only while it is needed, and not for long after. */
export class ActiveInstance {
  readonly queue: MessageDelivery<OrchestrationMessage>[] = [];
  /** Messages that wait for the instance to be resumed. */
  heldMessages: readonly MessageDelivery<OrchestrationMessage>[] = [];
  instance: Instance;
  /** False until the commit that begins the execution is on disk: nobody is told of it before. */
  isCommitted = true;
  isProcessing = false;
  /** Activities that run or wait to run. */
  runningActivities = 0;
  readonly timers = new Set<string>();
  /** Where the function stands, if that is known without a replay. */
  session: ExtendedSession | undefined;
  readonly #store: TaskHubStore;
  #history: ExecutionHistory | undefined;

  constructor(instance: Instance, store: TaskHubStore) {
    this.instance = instance;
    this.#store = store;
  }

  /** One that begins with `instance`, whatever the store still has under its id. */
  static forNewExecution(
    instance: Instance,
    store: TaskHubStore,
  ): ActiveInstance {
    const active = new ActiveInstance(instance, store);
    active.isCommitted = false;
    active.#history = new ExecutionHistory();
    return active;
  }

  get history(): ExecutionHistory {
    this.#history ??= ExecutionHistory.from(
      this.#store.history(this.instance.instanceId).map(({ event }) => event),
    );
    return this.#history;
  }

  /** How many events of the history are in memory. */
  get loadedEventCount(): number {
    return this.#history?.events.length ?? 0;
  }

  /** Takes over what has just been committed. */
  applyCommitted(
    instance: Instance,
    appended: readonly StoredEvent[],
    anew: boolean,
  ): void {
    this.instance = instance;
    if (anew) {
      this.#history = new ExecutionHistory();
      this.session = undefined;
    } else this.#history?.append(appended.map(({ event }) => event));
  }

  /** Of what can be had again from the store. */
  unload(): void {
    this.#history = undefined;
    this.session = undefined;
  }
}
