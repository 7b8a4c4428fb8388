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
import { OrchestrationDispatcher } from "./orchestrations/orchestration-dispatcher";
import { Outbox } from "./outbox";
import { type RecordedEvent, toRecordedHistory } from "./recorded-history";
import { purgeEndedInstances } from "./lifecycle/purge";
import { recoverHub } from "./lifecycle/recovery";
import type { DurableTaskSettings } from "./settings";
import type {
  EntityFilter,
  EntityRow,
  InstanceFilter,
  TaskHubStore,
  StoredEvent,
  TaskHubError,
} from "../store/task-hub-store";
import { TimerQueue } from "./timers";
import { InFlight } from "../../shared/concurrency/in-flight";
import { CompletionWaiters } from "./completion-waiters";

export interface TaskHubOptions {
  readonly store: TaskHubStore;
  readonly settings: DurableTaskSettings;
  readonly functions: KnownFunctions;
  readonly invoke: InvokeFunction;
  /** Default: the time of the machine. */
  readonly clock?: Clock;
  readonly reportProblem: (sentence: string, error?: unknown) => void;
  /** Told once, when nothing can be made durable any more: the hub does nothing from then on. */
  readonly onFatalError: (error: TaskHubError) => void;
}

export type SendOutcome = "accepted" | "unknown" | "ended";

/** A task hub: the instances and entities in one store, and the functions that they run. */
export class TaskHub {
  readonly #engine: EngineContext;
  readonly #committer: Committer;
  readonly #orchestrations: OrchestrationDispatcher;
  readonly #entities: EntityDispatcher;
  readonly #waiters = new CompletionWaiters<Instance>();
  readonly #lifecycle: InstanceLifecycle;
  readonly #underWay = new InFlight();

  constructor({
    store,
    settings,
    functions,
    invoke,
    reportProblem,
    onFatalError,
    clock = systemClock,
  }: TaskHubOptions) {
    this.#committer = new Committer(store, {
      onDelayed: reportProblem,
      onBroken: (error) => {
        this.#halt();
        onFatalError(error);
      },
    });
    const committer: EngineContext["committer"] = {
      commit: (commit) => this.#underWay.track(this.#committer.commit(commit)),
    };
    this.#engine = {
      store,
      settings,
      functions,
      reportProblem,
      now: () => clock.now(),
      track: (work) => this.#underWay.track(work),
      newId: randomUUID,
      timers: new TimerQueue(clock),
      outbox: new Outbox(committer, store.lastInboxId()),
      committer,
      invoke: (...call) => this.#underWay.track(invoke(...call)),
    };
    this.#orchestrations = new OrchestrationDispatcher(
      this.#engine,
      (instance) => {
        this.#waiters.notify(instance.instanceId, instance);
      },
    );
    this.#lifecycle = new InstanceLifecycle(this.#engine, this.#orchestrations);
    this.#entities = new EntityDispatcher(this.#engine);
    this.#engine.outbox.connect({
      deliverToOrchestration: (id, delivery) => {
        this.#orchestrations.deliver(id, delivery);
      },
      deliverToEntity: (id, delivery) => {
        this.#entities.deliver(id, delivery);
      },
    });
  }

  get settings(): DurableTaskSettings {
    return this.#engine.settings;
  }

  get functions(): KnownFunctions {
    return this.#engine.functions;
  }

  /** Goes on with what an earlier process left unfinished. */
  recover(): void {
    recoverHub(this.#engine, this.#orchestrations);
  }

  start(request: StartInstanceRequest): Promise<StartOutcome> {
    return this.#lifecycle.start(request);
  }

  rewind(instanceId: string, reason: string): Promise<RewindOutcome> {
    return this.#lifecycle.rewind(instanceId, reason);
  }

  async purge(instanceId: string): Promise<PurgeOutcome> {
    if (this.#engine.store.entity(instanceId) === undefined)
      return this.#lifecycle.purge(instanceId);
    this.#entities.reset(instanceId);
    await this.#engine.committer.commit({ purgedEntities: [instanceId] });
    return "purged";
  }

  /** Resolves with the number of ended instances that were removed. */
  purgeInstances(filter: InstanceFilter): Promise<number> {
    return purgeEndedInstances(this.#engine, filter);
  }

  getInstance(instanceId: string): Instance | undefined {
    return this.#orchestrations.findCommitted(instanceId);
  }

  /** An instance, or an entity as if it were one. */
  getInstanceOrEntity(instanceId: string): Instance | undefined {
    const instance = this.getInstance(instanceId);
    if (instance) return instance;
    const entity = this.#engine.store.entity(instanceId);
    return entity && toEntityInstance(entity);
  }

  /** Entities are among the instances. */
  listInstances(filter: InstanceFilter): readonly Instance[] {
    return listInstancesAndEntities(this.#engine.store, filter);
  }

  getHistory(instanceId: string): readonly StoredEvent[] {
    return this.#engine.store.history(instanceId);
  }

  /**
   * Resolves when the instance has ended, or with undefined when it is unknown, or when `signal` is aborted or the time
   * is over before. Without a time it waits for as long as it takes.
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

  /** Resolves when all that has been set going has happened: only a timer or a caller can bring more. */
  whenIdle(): Promise<void> {
    return this.#underWay.whenIdle();
  }

  /** The instance's history with all that a replay needs; undefined when the instance is unknown. */
  getRecordedHistory(instanceId: string): readonly RecordedEvent[] | undefined {
    const instance = this.getInstance(instanceId);
    return (
      instance &&
      toRecordedHistory(instance, this.#engine.store.history(instanceId))
    );
  }

  /** Sends a client's message; resolves once it is on disk. */
  async send(instanceId: string, event: MessageEvent): Promise<SendOutcome> {
    const instance = this.getInstance(instanceId);
    if (instance === undefined) return "unknown";
    if (isInstanceEnded(instance)) return "ended";
    await this.#engine.outbox.send([
      { to: instanceId, message: { executionId: null, event } },
    ]);
    return "accepted";
  }

  terminate(instanceId: string, reason: string): Promise<SendOutcome> {
    return this.send(instanceId, {
      EventType: EventType.ExecutionTerminated,
      Input: reason,
    });
  }

  /** Resolves once the request is on disk. */
  async signal(
    getEntity: EntityId,
    operation: string,
    input: string | null,
  ): Promise<void> {
    const message = { id: randomUUID(), operation, input, caller: null };
    await this.#engine.outbox.send([
      { to: formatEntityId(getEntity), message },
    ]);
  }

  entity(entity: EntityId): EntityRow | undefined {
    return this.#entities.find(formatEntityId(entity));
  }

  listEntities(filter: EntityFilter): readonly EntityRow[] {
    return this.#engine.store.entities(filter);
  }

  /** Takes no new work, gives running functions `graceMs` to end, and closes the store. */
  async stop(graceMs: number): Promise<void> {
    const { store } = this.#engine;
    this.#halt();
    await Promise.race([
      this.#underWay.whenSettled(),
      new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
    ]);
    // One more turn of the loop, so that what has just ended gets to its queue.
    await new Promise((resolve) => setImmediate(resolve));
    const left = this.#orchestrations.stop();
    if (left.length > 0) void this.#committer.commit({ received: left });
    await this.#committer.stop();
    store.close();
  }

  #halt(): void {
    this.#engine.timers.stop();
    this.#entities.stop();
    this.#orchestrations.stop();
  }
}
