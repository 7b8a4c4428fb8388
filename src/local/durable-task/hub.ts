import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../scheduling/clock";
import { Committer } from "./store/committer";
import type { KnownFunctions } from "./episode/decide";
import type { Engine, Invoke } from "./engine";
import { Entities } from "./entities/entities";
import { type EntityId, entityIdText } from "./entity-id";
import { EventType, type MessageEvent } from "./history-event";
import { hasEnded, type Instance } from "./instance";
import { entityInstance, listed } from "./listing";
import {
  Lifecycle,
  type Purging,
  type Rewinding,
  type Started,
  type StartRequest,
} from "./lifecycle/lifecycle";
import { Orchestrations } from "./orchestrations/orchestrations";
import { Post } from "./post";
import { type RecordedEvent, recordedHistory } from "./recorded-history";
import { purgeAll } from "./lifecycle/purge";
import { recover } from "./lifecycle/recovery";
import type { Settings } from "./settings";
import type {
  EntityFilter,
  EntityRow,
  InstanceFilter,
  Store,
  StoredEvent,
  TaskHubError,
} from "./store/store";
import { TimerHeap } from "./timer-heap";
import { UnderWay } from "../scheduling/under-way";
import { Waiters } from "./waiters";

export interface HubOptions {
  readonly store: Store;
  readonly settings: Settings;
  readonly functions: KnownFunctions;
  readonly invoke: Invoke;
  /** Default: the time of the machine. */
  readonly clock?: Clock;
  readonly problem: (sentence: string, error?: unknown) => void;
  /** Told once, when nothing can be made durable any more: the hub does nothing from then on. */
  readonly fail: (error: TaskHubError) => void;
}

export type Accepted = "accepted" | "unknown" | "ended";

/** A task hub: the instances and entities in one store, and the functions that they run. */
export class TaskHub {
  readonly #engine: Engine;
  readonly #committer: Committer;
  readonly #orchestrations: Orchestrations;
  readonly #entities: Entities;
  readonly #waiters = new Waiters<Instance>();
  readonly #lifecycle: Lifecycle;
  readonly #underWay = new UnderWay();

  constructor({
    store,
    settings,
    functions,
    invoke,
    problem,
    fail,
    clock = systemClock,
  }: HubOptions) {
    this.#committer = new Committer(store, {
      delayed: problem,
      broken: (error) => {
        this.#halt();
        fail(error);
      },
    });
    const committer: Engine["committer"] = {
      commit: (commit) => this.#underWay.track(this.#committer.commit(commit)),
    };
    this.#engine = {
      store,
      settings,
      functions,
      problem,
      now: () => clock.now(),
      track: (work) => this.#underWay.track(work),
      newId: randomUUID,
      timers: new TimerHeap(clock),
      post: new Post(committer, store.lastInboxId()),
      committer,
      invoke: (...call) => this.#underWay.track(invoke(...call)),
    };
    this.#orchestrations = new Orchestrations(this.#engine, (instance) => {
      this.#waiters.tell(instance.instanceId, instance);
    });
    this.#lifecycle = new Lifecycle(this.#engine, this.#orchestrations);
    this.#entities = new Entities(this.#engine);
    this.#engine.post.connect({
      toOrchestration: (id, delivery) => {
        this.#orchestrations.deliver(id, delivery);
      },
      toEntity: (id, delivery) => {
        this.#entities.deliver(id, delivery);
      },
    });
  }

  get settings(): Settings {
    return this.#engine.settings;
  }

  get functions(): KnownFunctions {
    return this.#engine.functions;
  }

  /** Goes on with what an earlier process left unfinished. */
  recover(): void {
    recover(this.#engine, this.#orchestrations);
  }

  start(request: StartRequest): Promise<Started> {
    return this.#lifecycle.start(request);
  }

  rewind(instanceId: string, reason: string): Promise<Rewinding> {
    return this.#lifecycle.rewind(instanceId, reason);
  }

  async purge(instanceId: string): Promise<Purging> {
    if (this.#engine.store.entity(instanceId) === undefined)
      return this.#lifecycle.purge(instanceId);
    this.#entities.forget(instanceId);
    await this.#engine.committer.commit({ purgedEntities: [instanceId] });
    return "purged";
  }

  /** Resolves with the number of ended instances that were removed. */
  purgeAll(filter: InstanceFilter): Promise<number> {
    return purgeAll(this.#engine, filter);
  }

  find(instanceId: string): Instance | undefined {
    return this.#orchestrations.find(instanceId);
  }

  /** An instance, or an entity as if it were one. */
  findAny(instanceId: string): Instance | undefined {
    const instance = this.find(instanceId);
    if (instance) return instance;
    const entity = this.#engine.store.entity(instanceId);
    return entity && entityInstance(entity);
  }

  /** Entities are among the instances. */
  list(filter: InstanceFilter): readonly Instance[] {
    return listed(this.#engine.store, filter);
  }

  history(instanceId: string): readonly StoredEvent[] {
    return this.#engine.store.history(instanceId);
  }

  /**
   * Resolves when the instance has ended, or with undefined when it is unknown, or when `signal` is aborted or the time
   * is over before. Without a time it waits for as long as it takes.
   */
  async whenEnded(
    instanceId: string,
    signal: AbortSignal,
    timeoutMs?: number,
  ): Promise<Instance | undefined> {
    const instance = this.find(instanceId);
    if (instance === undefined || hasEnded(instance)) return instance;
    return this.#waiters.wait(instanceId, signal, timeoutMs);
  }

  /** Resolves when all that has been set going has happened: only a timer or a caller can bring more. */
  whenIdle(): Promise<void> {
    return this.#underWay.atRest();
  }

  /** The instance's history with all that a replay needs; undefined when the instance is unknown. */
  recordedHistory(instanceId: string): readonly RecordedEvent[] | undefined {
    const instance = this.find(instanceId);
    return (
      instance &&
      recordedHistory(instance, this.#engine.store.history(instanceId))
    );
  }

  /** Sends a client's message; resolves once it is on disk. */
  async send(instanceId: string, event: MessageEvent): Promise<Accepted> {
    const instance = this.find(instanceId);
    if (instance === undefined) return "unknown";
    if (hasEnded(instance)) return "ended";
    await this.#engine.post.send([
      { to: instanceId, message: { executionId: null, event } },
    ]);
    return "accepted";
  }

  terminate(instanceId: string, reason: string): Promise<Accepted> {
    return this.send(instanceId, {
      EventType: EventType.ExecutionTerminated,
      Input: reason,
    });
  }

  /** Resolves once the request is on disk. */
  async signal(
    entity: EntityId,
    operation: string,
    input: string | null,
  ): Promise<void> {
    const message = { id: randomUUID(), operation, input, caller: null };
    await this.#engine.post.send([{ to: entityIdText(entity), message }]);
  }

  entity(entity: EntityId): EntityRow | undefined {
    return this.#entities.find(entityIdText(entity));
  }

  entities(filter: EntityFilter): readonly EntityRow[] {
    return this.#engine.store.entities(filter);
  }

  /** Takes no new work, gives running functions `graceMs` to end, and closes the store. */
  async stop(graceMs: number): Promise<void> {
    const { store } = this.#engine;
    this.#halt();
    await Promise.race([
      this.#underWay.ended(),
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
