import { randomUUID } from "node:crypto";
import { EventType } from "../../model/history-event";
import { createStartMessage } from "../../model/hub-message";
import {
  createPendingInstance,
  type Instance,
  isInstanceEnded,
  type RuntimeStatus,
} from "../../model/instance";
import type { EngineContext } from "../engine-context";
import type { OrchestrationDispatcher } from "../orchestrations/orchestration-dispatcher";
import { resumeWork } from "./recovery";
import { planRewind } from "./rewind";

export interface StartInstanceRequest {
  readonly name: string;
  /** Default: a new id. */
  readonly instanceId?: string;
  readonly version?: string;
  /** JSON text. */
  readonly input: string | null;
}

/** The id, or the status of the instance that already has the id. */
export type StartOutcome =
  { readonly id: string } | { readonly existingStatus: RuntimeStatus };

/** A status that does not allow the operation; undefined when the instance is unknown. */
type InvalidStatus = RuntimeStatus | undefined;
export type RewindOutcome = "accepted" | InvalidStatus;
export type PurgeOutcome = "purged" | InvalidStatus;

/** Starts, rewinds and purges instances. */
export class InstanceLifecycle {
  readonly #context: EngineContext;
  readonly #orchestrations: OrchestrationDispatcher;
  /** Ids of instances whose rewind is not durable yet. */
  readonly #rewinding = new Set<string>();

  constructor(context: EngineContext, orchestrations: OrchestrationDispatcher) {
    this.#context = context;
    this.#orchestrations = orchestrations;
  }

  /** Resolves when the instance is durable. */
  async start({
    name,
    version,
    input,
    instanceId: requestedId,
  }: StartInstanceRequest): Promise<StartOutcome> {
    const { now, settings } = this.#context;
    const instanceId = requestedId ?? newInstanceId(now());
    // A new id is unique, so the store need not be searched for it.
    const existingStatus =
      requestedId === undefined
        ? undefined
        : this.#findActiveStatus(requestedId);
    if (
      existingStatus !== undefined &&
      settings.overridableExistingInstanceStates === "NonRunningStates"
    )
      return { existingStatus };
    const instance = createPendingInstance(
      {
        instanceId,
        executionId: randomUUID(),
        name,
        version: version ?? settings.defaultVersion,
        input,
        parent: null,
      },
      now(),
    );
    const message = { to: instanceId, message: createStartMessage(instance) };
    // The replaced execution must not commit anything after the start of this one.
    this.#orchestrations.discard(instanceId);
    await this.#orchestrations.startExecutions([instance], [message], {
      ...(existingStatus !== undefined && { emptied: [instanceId] }),
      instances: [instance],
      histories: [{ instanceId, from: 0, events: [] }],
    });
    return { id: instanceId };
  }

  /** Retries the failed tasks in a new execution. Resolves when that is durable. */
  async rewind(
    instanceId: string,
    reason: string | null,
  ): Promise<RewindOutcome> {
    const { store, outbox, newId, now, committer } = this.#context;
    const instance = this.#orchestrations.findCommitted(instanceId);
    const status = this.#findActiveStatus(instanceId) ?? instance?.status;
    if (instance === undefined || status !== "Failed") return status;
    const rewound = planRewind(instance, {
      now: now(),
      newId,
      find: (id) => this.#orchestrations.findCommitted(id),
      history: (id) => store.history(id),
    });
    const event = { EventType: EventType.ExecutionRewound, Reason: reason };
    const received = outbox.assignIds(
      rewound.map(({ instance: { instanceId: to, executionId } }) => ({
        to,
        message: { executionId, event },
      })),
    );
    const ids = rewound.map((one) => one.instance.instanceId);
    for (const id of ids) this.#rewinding.add(id);
    await committer.commit({
      instances: rewound.map((one) => one.instance),
      histories: rewound.map((one) => ({
        instanceId: one.instance.instanceId,
        from: 0,
        events: one.history,
      })),
      received,
    });
    for (const id of ids) this.#rewinding.delete(id);
    for (const one of rewound)
      resumeWork(this.#orchestrations, one.instance, one.history);
    outbox.deliver(received);
    return "accepted";
  }

  /** Removes all records of an ended instance. */
  async purge(instanceId: string): Promise<PurgeOutcome> {
    const activeStatus = this.#findActiveStatus(instanceId);
    if (activeStatus !== undefined) return activeStatus;
    const instance = this.#orchestrations.findCommitted(instanceId);
    if (instance === undefined) return undefined;
    await this.#context.committer.commit({ purged: [instance] });
    return "purged";
  }

  /** The status of an instance that has not ended, durable or not. */
  #findActiveStatus(instanceId: string): Instance["status"] | undefined {
    if (this.#rewinding.has(instanceId)) return "Pending";
    const instance = this.#orchestrations.findLatest(instanceId);
    return instance && !isInstanceEnded(instance) ? instance.status : undefined;
  }
}

/**
 * 32 hexadecimal digits, as on Azure, that increase with time (version 7 of RFC 9562): new rows are adjacent in the database,
 * so that a transaction writes fewer pages.
 */
const newInstanceId = (now: number): string =>
  `${now.toString(16).padStart(12, "0")}7${randomUUID().replaceAll("-", "").slice(13)}`;
