import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../../shared/time/clock";
import { Committer } from "../store/committer";
import type { KnownFunctions } from "../replay/decision";
import type { EngineContext, InvokeFunction } from "./engine-context";
import { EntityDispatcher } from "./entities/entity-dispatcher";
import { type EntityId, formatEntityId } from "../model/entity-id";
import { EventType, type MessageEvent } from "../model/history-event";
import { isInstanceEnded, type Instance } from "../model/instance";
import { toEntityInstance, listInstancesAndEntities } from "./list-instances";
import {
  InstanceLifecycle,
  type PurgeOutcome,
  type RewindOutcome,
  type StartOutcome,
  type StartInstanceRequest,
} from "./lifecycle/instance-lifecycle";
import {
  LostEpisodes,
  type LostEpisodesOptions,
} from "./orchestrations/lost-episodes";
import { OrchestrationDispatcher } from "./orchestrations/orchestration-dispatcher";
import { Outbox } from "./outbox";
import { type RecordedEvent, toRecordedHistory } from "./recorded-history";
import { purgeEndedInstances } from "./lifecycle/purge";
import { recoverHub } from "./lifecycle/recovery";
import type { DurableTaskSettings } from "./settings";
import type {
  EntityRow,
  TaskHubStore,
  TaskHubError,
} from "../store/task-hub-store";
import type { EntityFilter, InstanceFilter } from "../model/list-filters";
import type { StoredEvent } from "../model/stored-event";
import { TimerQueue } from "./timers";
import { InFlight } from "../../shared/concurrency/in-flight";
import { waitAtMost } from "../../shared/timeout/with-timeout";
import { CompletionWaiters } from "./completion-waiters";

export interface TaskHubOptions {
  readonly store: TaskHubStore;
  readonly settings: DurableTaskSettings;
  readonly functions: KnownFunctions;
  readonly invoke: InvokeFunction;
  /** Default: the system clock. */
  readonly clock?: Clock;
  /** Default: no episode is lost. */
  readonly lostEpisodes?: LostEpisodesOptions | undefined;
  readonly reportProblem: (message: string, error?: unknown) => void;
  /** Called once, when commits fail permanently. The hub has stopped by then. */
  readonly onFatalError: (error: TaskHubError) => void;
}

export type SendOutcome = "accepted" | "unknown" | "ended";

/** A task hub: the orchestration instances and entities of one store, and their functions. */
export class TaskHub {
  readonly #context: EngineContext;
  readonly #committer: Committer;
  readonly #orchestrations: OrchestrationDispatcher;
  readonly #entities: EntityDispatcher;
  readonly #waiters = new CompletionWaiters<Instance>();
  readonly #lifecycle: InstanceLifecycle;
  readonly #inFlight = new InFlight();

  constructor({
    store,
    settings,
    functions,
    invoke,
    reportProblem,
    onFatalError,
    clock = systemClock,
    lostEpisodes,
  }: TaskHubOptions) {
    this.#committer = new Committer(store, {
      onDelayed: reportProblem,
      onBroken: (error) => {
        this.halt();
        onFatalError(error);
      },
    });
    const committer: EngineContext["committer"] = {
      commit: (commit) => this.#inFlight.track(this.#committer.commit(commit)),
    };
    this.#context = {
      store,
      settings,
      functions,
      reportProblem,
      now: () => clock.now(),
      track: (work) => this.#inFlight.track(work),
      newId: randomUUID,
      lostEpisodes: lostEpisodes && new LostEpisodes(lostEpisodes),
      timers: new TimerQueue(clock),
      outbox: new Outbox(committer, store.lastInboxId()),
      committer,
      invoke: (...call) => this.#inFlight.track(invoke(...call)),
    };
    this.#orchestrations = new OrchestrationDispatcher(
      this.#context,
      (instance) => {
        this.#waiters.notify(instance.instanceId, instance);
      },
    );
    this.#lifecycle = new InstanceLifecycle(
      this.#context,
      this.#orchestrations,
    );
    this.#entities = new EntityDispatcher(this.#context);
    this.#context.outbox.connect({
      deliverToOrchestration: (id, delivery) => {
        this.#orchestrations.deliver(id, delivery);
      },
      deliverToEntity: (id, delivery) => {
        this.#entities.deliver(id, delivery);
      },
    });
  }

  get settings(): DurableTaskSettings {
    return this.#context.settings;
  }

  get functions(): KnownFunctions {
    return this.#context.functions;
  }

  /** Resumes the unfinished work of an earlier process. */
  recover(): void {
    recoverHub(this.#context, this.#orchestrations);
  }

  start(request: StartInstanceRequest): Promise<StartOutcome> {
    return this.#lifecycle.start(request);
  }

  rewind(instanceId: string, reason: string | null): Promise<RewindOutcome> {
    return this.#lifecycle.rewind(instanceId, reason);
  }

  async purge(instanceId: string): Promise<PurgeOutcome> {
    if (this.#context.store.entity(instanceId) === undefined)
      return this.#lifecycle.purge(instanceId);
    this.#entities.reset(instanceId);
    await this.#context.committer.commit({ purgedEntities: [instanceId] });
    return "purged";
  }

  /** Resolves with the number of ended instances that were removed. */
  purgeInstances(filter: InstanceFilter): Promise<number> {
    return purgeEndedInstances(this.#context, filter);
  }

  getInstance(instanceId: string): Instance | undefined {
    return this.#orchestrations.findCommitted(instanceId);
  }

  /** Returns an entity in the form of an instance. */
  getInstanceOrEntity(instanceId: string): Instance | undefined {
    const instance = this.getInstance(instanceId);
    if (instance) return instance;
    const entity = this.#context.store.entity(instanceId);
    return entity && toEntityInstance(entity);
  }

  /** Includes entities. */
  listInstances(filter: InstanceFilter): readonly Instance[] {
    return listInstancesAndEntities(this.#context.store, filter);
  }

  getHistory(instanceId: string): readonly StoredEvent[] {
    return this.#context.store.history(instanceId);
  }

  /**
   * Resolves when the instance has ended; with undefined when it is unknown, when `signal` is aborted, or after `timeoutMs`.
   * Without a timeout it waits until the instance ends.
   */
  async waitForEnd(
    instanceId: string,
    signal: AbortSignal,
    timeoutMs?: number,
  ): Promise<Instance | undefined> {
    const instance = this.getInstance(instanceId);
    if (instance === undefined || isInstanceEnded(instance)) return instance;
    return this.#waiters.wait(instanceId, signal, timeoutMs);
  }

  /** Resolves when no work is in flight: only a timer or a caller can start more. */
  whenIdle(): Promise<void> {
    return this.#inFlight.whenIdle();
  }

  /** See `toRecordedHistory`; undefined when the instance is unknown. */
  getRecordedHistory(instanceId: string): readonly RecordedEvent[] | undefined {
    const instance = this.getInstance(instanceId);
    return (
      instance &&
      toRecordedHistory(instance, this.#context.store.history(instanceId))
    );
  }

  /** Sends a message of a client; resolves when it is durable. */
  async send(instanceId: string, event: MessageEvent): Promise<SendOutcome> {
    const instance = this.getInstance(instanceId);
    if (instance === undefined) return "unknown";
    if (isInstanceEnded(instance)) return "ended";
    await this.#context.outbox.send([
      { to: instanceId, message: { executionId: null, event } },
    ]);
    return "accepted";
  }

  terminate(instanceId: string, reason: string | null): Promise<SendOutcome> {
    return this.send(instanceId, {
      EventType: EventType.ExecutionTerminated,
      Input: reason,
    });
  }

  /** Resolves when the request is durable. */
  async signal(
    entityId: EntityId,
    operation: string,
    input: string | null,
  ): Promise<void> {
    const message = { id: randomUUID(), operation, input, caller: null };
    await this.#context.outbox.send([
      { to: formatEntityId(entityId), message },
    ]);
  }

  getEntity(entityId: EntityId): EntityRow | undefined {
    return this.#entities.find(formatEntityId(entityId));
  }

  listEntities(filter: EntityFilter): readonly EntityRow[] {
    return this.#context.store.entities(filter);
  }

  /** Starts no more work, waits up to `graceMs` for running functions, and closes the store. */
  async stop(graceMs: number): Promise<void> {
    const { store } = this.#context;
    this.halt();
    await waitAtMost(this.#inFlight.whenSettled(), graceMs);
    // One more turn of the event loop, so that the last results reach their queues.
    await new Promise((resolve) => setImmediate(resolve));
    const received = this.#orchestrations.stop();
    if (received.length > 0) void this.#committer.commit({ received });
    await this.#committer.stop();
    store.close();
  }

  /** Starts no more work. The results of running activities stay in memory until `stop` writes them to the inbox. */
  halt(): void {
    this.#context.timers.stop();
    this.#entities.stop();
    this.#orchestrations.stop();
  }
}
