import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../../model/hub-message";
import type { Instance } from "../../model/instance";
import { ExecutionHistory } from "../../replay/execution-history";
import type { TaskHubStore } from "../../store/task-hub-store";
import type { StoredEvent } from "../../model/stored-event";
import type { ExtendedSession } from "./extended-session";

/** The in-memory state of an instance that has not ended. Its history is loaded on demand. */
export class ActiveInstance {
  readonly queue: MessageDelivery<OrchestrationMessage>[] = [];
  /** Messages that are processed when the instance is resumed. */
  heldMessages: readonly MessageDelivery<OrchestrationMessage>[] = [];
  /** Answers to actions that the history does not contain: a lost episode started them. */
  earlyAnswers: MessageDelivery<OrchestrationMessage>[] = [];
  /** Number of times that the next episode was lost. */
  lossesInARow = 0;
  /** Number of queued messages with which the next episode runs: more than one while a lost episode waits. */
  minQueueLength = 1;
  instance: Instance;
  /** False until the commit that starts the execution is durable. Clients do not see the instance before. */
  isCommitted = true;
  isProcessing = false;
  /** Number of activities that are running or queued. */
  runningActivities = 0;
  /** Keys of the timers that have not fired. */
  readonly timers = new Set<string>();
  /** The suspended orchestrator function, if it can continue without a replay. */
  session: ExtendedSession | undefined;
  readonly #store: TaskHubStore;
  #history: ExecutionHistory | undefined;

  constructor(instance: Instance, store: TaskHubStore) {
    this.instance = instance;
    this.#store = store;
  }

  /** A new execution, with an empty history even if the store still has a history for its id. */
  static forNewExecution(
    instance: Instance,
    store: TaskHubStore,
  ): ActiveInstance {
    const active = new ActiveInstance(instance, store);
    active.isCommitted = false;
    active.#history = new ExecutionHistory();
    return active;
  }

  /** Whether the next episode can run. */
  get isReady(): boolean {
    return this.queue.length >= this.minQueueLength;
  }

  get history(): ExecutionHistory {
    this.#history ??= ExecutionHistory.from(
      this.#store.history(this.instance.instanceId).map(({ event }) => event),
    );
    return this.#history;
  }

  get loadedEventCount(): number {
    return this.#history?.events.length ?? 0;
  }

  applyCommitted(
    instance: Instance,
    appended: readonly StoredEvent[],
    continuesAsNew: boolean,
  ): void {
    this.instance = instance;
    if (continuesAsNew) {
      this.#history = new ExecutionHistory();
      this.session = undefined;
    } else this.#history?.append(appended.map(({ event }) => event));
  }

  /** Drops the state that can be restored from the store. */
  unload(): void {
    this.#history = undefined;
    this.session = undefined;
  }
}
