/**
 * Runs the entities of a hub: one batch per entity at a time, many entities concurrently.
 *
 * The new state of a batch, its responses and signals, and the removal of its requests from the inbox are one commit. After a
 * crash the batch is either complete or runs again on the previous state.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Semaphore } from "../../../shared/concurrency/semaphore";
import { parseEntityId } from "../../model/entity-id";
import { describeUnknownFunction } from "../../model/failure";
import { toResultJson } from "../../model/function-value";
import type {
  EntityMessage,
  EntityRequest,
  MessageDelivery,
} from "../../model/hub-message";
import type { EntityRow } from "../../store/task-hub-store";
import type { EngineContext } from "../engine-context";
import {
  completeEntityBatch,
  type EntityBatchResult,
  rejectEntityBatch,
  serializeEntityBatch,
} from "./entity-batch";
import { type EntityWork, nextEntityWork } from "./entity-work";

interface ActiveEntity {
  readonly queue: MessageDelivery<EntityMessage>[];
  row: EntityRow;
  isRunning: boolean;
}

export class EntityDispatcher {
  readonly #context: EngineContext;
  readonly #active = new Map<string, ActiveEntity>();
  readonly #batches: Semaphore;
  #isStopping = false;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#batches = new Semaphore(
      context.settings.maxConcurrentEntityFunctions,
    );
  }

  find(entityId: string): EntityRow | undefined {
    return (
      this.#active.get(entityId)?.row ?? this.#context.store.entity(entityId)
    );
  }

  deliver(entityId: string, delivery: MessageDelivery<EntityMessage>): void {
    const entity = this.#active.get(entityId) ?? {
      queue: [],
      row: this.find(entityId) ?? createEntityRow(entityId),
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

  /** Call this when the entity's row is purged: queued operations then start without a state. */
  reset(entityId: string): void {
    const entity = this.#active.get(entityId);
    if (entity) entity.row = createEntityRow(entityId);
  }

  stop(): void {
    this.#isStopping = true;
  }

  async #drain(entity: ActiveEntity): Promise<void> {
    for (let failures = 0; !this.#isStopping;) {
      const { maxEntityOperationBatchSize } = this.#context.settings;
      const work = nextEntityWork(
        entity.row,
        entity.queue,
        maxEntityOperationBatchSize,
      );
      if (work.kind === "none") break;
      const isDone = await this.#process(entity, work);
      failures = isDone ? 0 : failures + 1;
      if (!isDone)
        await delay(Math.min(1000 * 2 ** failures, 60_000), undefined, {
          ref: false,
        });
    }
    entity.isRunning = false;
    if (entity.queue.length === 0) this.#active.delete(entity.row.entityId);
  }

  /** False when the function failed: nothing has changed, and the batch has to be retried. */
  async #process(
    entity: ActiveEntity,
    work: Exclude<EntityWork, { kind: "none" }>,
  ): Promise<boolean> {
    // The commit is outside the semaphore, so that another entity can run meanwhile.
    const result =
      work.kind === "lock"
        ? work
        : await this.#batches.run(() =>
            this.#runBatch(
              entity.row,
              work.deliveries.map(({ message }) => message),
            ),
          );
    if (result === undefined) return false;
    await this.#context.outbox.send(result.outgoing, {
      entity: result.row,
      consumed: work.deliveries.flatMap(({ inboxId }) => inboxId ?? []),
    });
    entity.row = result.row;
    const processed = new Set<MessageDelivery<EntityMessage>>(work.deliveries);
    const remaining = entity.queue.filter(
      (delivery) => !processed.has(delivery),
    );
    entity.queue.splice(0, entity.queue.length, ...remaining);
    return true;
  }

  async #runBatch(
    row: EntityRow,
    requests: readonly EntityRequest[],
  ): Promise<EntityBatchResult | undefined> {
    const { functions, invoke, now, newId, settings } = this.#context;
    const { name } = parseEntityId(row.entityId);
    const problem = describeUnknownFunction("entity", name, functions.entity);
    if (problem !== undefined) {
      this.#report(row, problem);
      return rejectEntityBatch(row, requests, problem);
    }
    const outcome = await invoke(name, {
      string: serializeEntityBatch(row, requests),
    });
    if (!outcome.ok) {
      this.#report(
        row,
        `Its function failed (${outcome.message}). The batch will be retried.`,
      );
      return undefined;
    }
    try {
      const result = completeEntityBatch(
        row,
        requests,
        toResultJson(outcome.returnValue) ?? "null",
        { now: now(), newId, maxPayloadBytes: settings.maxPayloadBytes },
      );
      if (result.problem !== undefined) this.#report(row, result.problem);
      return result;
    } catch (error) {
      this.#report(
        row,
        "Its function returned an invalid response. The batch will be retried.",
        error,
      );
      return undefined;
    }
  }

  #report({ entityId }: EntityRow, message: string, error?: unknown): void {
    this.#context.reportProblem(`Entity ${entityId}: ${message}`, error);
  }
}

const createEntityRow = (entityId: string): EntityRow => ({
  entityId,
  exists: false,
  state: null,
  lockedBy: null,
  updatedAt: 0,
});
