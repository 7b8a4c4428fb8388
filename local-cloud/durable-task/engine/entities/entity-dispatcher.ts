/**
 * Runs the entities of a hub: one batch of an entity at a time, many entities side by side. A batch's new state, the
 * answers to callers and the signals that it sends are one commit, which also takes the requests out of the inbox:
 * after a crash a batch has happened, or it happens again from the state before it.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { EngineContext } from "../engine-context";
import {
  type EntityBatchResult,
  serializeEntityBatch,
  completeEntityBatch,
  rejectEntityBatch,
} from "./entity-batch";
import { parseEntityId } from "../../model/entity-id";
import { type EntityWork, nextEntityWork } from "./entity-work";
import { unknownFunctionMessage } from "../../model/failure";
import { toResultJson } from "../../model/function-value";
import type {
  MessageDelivery,
  EntityMessage,
  EntityRequest,
} from "../../model/hub-message";
import { Semaphore } from "../../../shared/concurrency/semaphore";
import type { EntityRow } from "../../store/task-hub-store";

interface ActiveEntity {
  readonly queue: MessageDelivery<EntityMessage>[];
  row: EntityRow;
  isRunning: boolean;
}

export class EntityDispatcher {
  readonly #engine: EngineContext;
  readonly #active = new Map<string, ActiveEntity>();
  readonly #batches: Semaphore;
  #isStopping = false;

  constructor(engine: EngineContext) {
    this.#engine = engine;
    this.#batches = new Semaphore(engine.settings.maxConcurrentEntityFunctions);
  }

  find(entityId: string): EntityRow | undefined {
    return (
      this.#active.get(entityId)?.row ?? this.#engine.store.entity(entityId)
    );
  }

  deliver(entityId: string, delivery: MessageDelivery<EntityMessage>): void {
    const entity = this.#active.get(entityId) ?? {
      queue: [],
      row: this.find(entityId) ?? newEntity(entityId),
      isRunning: false,
    };
    this.#active.set(entityId, entity);
    entity.queue.push(delivery);
    if (entity.isRunning || this.#isStopping) return;
    entity.isRunning = true;
    setImmediate(() => {
      void this.#drain(entity);
    });
  }

  /** The entity's record is purged: what is still queued begins from nothing. */
  reset(entityId: string): void {
    const entity = this.#active.get(entityId);
    if (entity) entity.row = newEntity(entityId);
  }

  stop(): void {
    this.#isStopping = true;
  }

  async #drain(entity: ActiveEntity): Promise<void> {
    for (let failures = 0; !this.#isStopping;) {
      const { maxEntityOperationBatchSize: size } = this.#engine.settings;
      const work = nextEntityWork(entity.row, entity.queue, size);
      if (work.kind === "rest") break;
      const done = await this.#work(entity, work);
      failures = done ? 0 : failures + 1;
      if (!done)
        await wait(Math.min(1000 * 2 ** failures, 60_000), undefined, {
          ref: false,
        });
    }
    entity.isRunning = false;
    if (entity.queue.length === 0) this.#active.delete(entity.row.entityId);
  }

  /** False when the function failed as a whole: nothing has happened, and the batch is due again. */
  async #work(
    entity: ActiveEntity,
    work: Exclude<EntityWork, { kind: "rest" }>,
  ): Promise<boolean> {
    // Other entities may run while this one is on its way to disk.
    const end =
      work.kind === "lock"
        ? work
        : await this.#batches.run(() =>
            this.#run(
              entity.row,
              work.taken.map(({ message }) => message),
            ),
          );
    if (end === undefined) return false;
    await this.#engine.outbox.send(end.outgoing, {
      entity: end.row,
      consumed: work.taken.flatMap(({ inboxId }) => inboxId ?? []),
    });
    entity.row = end.row;
    const taken = new Set<MessageDelivery<EntityMessage>>(work.taken);
    const left = entity.queue.filter((delivery) => !taken.has(delivery));
    entity.queue.splice(0, entity.queue.length, ...left);
    return true;
  }

  async #run(
    row: EntityRow,
    requests: readonly EntityRequest[],
  ): Promise<EntityBatchResult | undefined> {
    const { functions } = this.#engine;
    const { name } = parseEntityId(row.entityId);
    if (!functions.entity.some((known) => known.toLowerCase() === name))
      return this.#refuse(
        row,
        requests,
        unknownFunctionMessage("entity", name, functions.entity),
      );
    const outcome = await this.#engine.invoke(name, {
      string: serializeEntityBatch(row, requests),
    });
    if (!outcome.ok) {
      this.#engine.reportProblem(
        `Entity ${row.entityId}: its function failed (${outcome.message}). The batch will be tried again.`,
      );
      return undefined;
    }
    try {
      const end = completeEntityBatch(
        row,
        requests,
        toResultJson(outcome.returnValue) ?? "null",
        {
          now: this.#engine.now(),
          newId: () => this.#engine.newId(),
          maxPayloadBytes: this.#engine.settings.maxPayloadBytes,
        },
      );
      if (end.problem !== undefined) this.#engine.reportProblem(end.problem);
      return end;
    } catch (error) {
      this.#engine.reportProblem(
        `Entity ${row.entityId}: its function gave no usable answer. The batch will be tried again.`,
        error,
      );
      return undefined;
    }
  }

  #refuse(
    row: EntityRow,
    requests: readonly EntityRequest[],
    sentence: string,
  ): EntityBatchResult {
    this.#engine.reportProblem(`Entity ${row.entityId}: ${sentence}`);
    return rejectEntityBatch(row, requests, sentence);
  }
}

const newEntity = (entityId: string): EntityRow => ({
  entityId,
  exists: false,
  state: null,
  lockedBy: null,
  updatedAt: 0,
});
