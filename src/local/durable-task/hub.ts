import { randomUUID } from "node:crypto";
import { Committer } from "./committer";
import type { KnownFunctions } from "./decide";
import type { Engine, Invoke } from "./engine";
import { Entities } from "./entities";
import { type EntityId, entityIdText } from "./entity-batch";
import { EventType, type MessageEvent } from "./history-event";
import { hasEnded, type Instance, pendingInstance } from "./instance";
import { type Outgoing, startMessage } from "./message";
import { Orchestrations } from "./orchestrations";
import { Post } from "./post";
import { recover } from "./recovery";
import type { Settings } from "./settings";
import type { EntityRow, InstanceFilter, Store } from "./store";
import { TimerHeap } from "./timer-heap";
import { Waiters } from "./waiters";

export interface HubOptions {
  readonly store: Store;
  readonly settings: Settings;
  readonly functions: KnownFunctions;
  readonly invoke: Invoke;
  readonly problem: (sentence: string, error?: unknown) => void;
}

export interface StartRequest {
  readonly name: string;
  /** Default: a new id of 32 hexadecimal digits. */
  readonly instanceId?: string;
  readonly version?: string;
  /** JSON text. */
  readonly input: string | null;
}

export type Accepted = "accepted" | "unknown" | "ended";

/** A task hub: the instances and entities in one store, and the functions that they run. */
export class TaskHub {
  readonly #engine: Engine;
  readonly #orchestrations: Orchestrations;
  readonly #entities: Entities;
  readonly #waiters = new Waiters<Instance>();
  /** Ids whose first commit is on its way to disk. */
  readonly #starting = new Set<string>();
  readonly #running = new Set<Promise<unknown>>();

  constructor({ store, settings, functions, invoke, problem }: HubOptions) {
    const now = () => Date.now();
    this.#engine = {
      store,
      settings,
      functions,
      problem,
      now,
      newId: randomUUID,
      timers: new TimerHeap(now),
      post: new Post(store.lastInboxId()),
      committer: new Committer(store, (error) => {
        problem(
          "The task hub cannot write to its file; it tries again every second.",
          error,
        );
      }),
      invoke: (...call) => this.#track(invoke(...call)),
    };
    this.#orchestrations = new Orchestrations(this.#engine, (instance) => {
      this.#waiters.tell(instance.instanceId, instance);
    });
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

  /** Goes on with what an earlier process left unfinished. */
  recover(): void {
    recover(this.#engine, this.#orchestrations);
  }

  /** Starts an instance; resolves with its id once it is on disk, or with the instance that is in the way. */
  async start({
    name,
    version,
    input,
    instanceId = randomUUID().replaceAll("-", ""),
  }: StartRequest): Promise<
    { readonly id: string } | { readonly running: Instance["status"] }
  > {
    const { settings, committer, post } = this.#engine;
    const existing = this.#orchestrations.find(instanceId);
    if (this.#starting.has(instanceId)) return { running: "Pending" };
    if (existing && !hasEnded(existing)) return { running: existing.status };
    const instance = pendingInstance(
      {
        instanceId,
        executionId: randomUUID(),
        name,
        version: version ?? settings.defaultVersion,
        input,
        parent: null,
      },
      this.#engine.now(),
    );
    const received = post.stamp([
      { to: instanceId, message: startMessage(instance) },
    ]);
    this.#starting.add(instanceId);
    await committer.commit({
      instances: [instance],
      histories: [{ instanceId, from: 0, events: [] }],
      received,
    });
    this.#starting.delete(instanceId);
    this.#orchestrations.add(instance);
    post.deliver(received);
    return { id: instanceId };
  }

  find(instanceId: string): Instance | undefined {
    return this.#orchestrations.find(instanceId);
  }

  list(filter: InstanceFilter): readonly Instance[] {
    return this.#engine.store.instances(filter);
  }

  /** Resolves when the instance has ended, or with undefined when it is unknown or `signal` is aborted before. */
  async whenEnded(
    instanceId: string,
    signal: AbortSignal,
  ): Promise<Instance | undefined> {
    const instance = this.find(instanceId);
    if (instance === undefined || hasEnded(instance)) return instance;
    return this.#waiters.wait(instanceId, signal);
  }

  /** Sends a client's message; resolves once it is on disk. */
  async send(instanceId: string, event: MessageEvent): Promise<Accepted> {
    const instance = this.find(instanceId);
    if (instance === undefined) return "unknown";
    if (hasEnded(instance)) return "ended";
    await this.#post([
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
    await this.#post([{ to: entityIdText(entity), message }]);
  }

  entity(entity: EntityId): EntityRow | undefined {
    return this.#entities.find(entityIdText(entity));
  }

  /** Takes no new work, gives running functions `graceMs` to end, and closes the store. */
  async stop(graceMs: number): Promise<void> {
    const { timers, committer, store } = this.#engine;
    timers.stop();
    this.#entities.stop();
    this.#orchestrations.stop();
    await Promise.race([
      Promise.allSettled(this.#running),
      new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
    ]);
    // One more turn of the loop, so that what has just ended gets to its queue.
    await new Promise((resolve) => setImmediate(resolve));
    const left = this.#orchestrations.stop();
    if (left.length > 0) void committer.commit({ received: left });
    committer.flush();
    store.close();
  }

  async #post(outgoing: readonly Outgoing[]): Promise<void> {
    const { committer, post } = this.#engine;
    const received = post.stamp(outgoing);
    await committer.commit({ received });
    post.deliver(received);
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    return work;
  }
}
