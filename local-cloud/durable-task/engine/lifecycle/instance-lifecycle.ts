/** How executions come to be and how their records go: what clients ask for apart from sending messages. */
import { randomUUID } from "node:crypto";
import type { EngineContext } from "../engine-context";
import { EventType } from "../../model/history-event";
import {
  isInstanceEnded,
  type Instance,
  createPendingInstance,
  type RuntimeStatus,
} from "../../model/instance";
import { createStartMessage } from "../../model/hub-message";
import type { OrchestrationDispatcher } from "../orchestrations/orchestration-dispatcher";
import { resumeWork } from "./recovery";
import { planRewind } from "./rewind";

export interface StartInstanceRequest {
  readonly name: string;
  /** Default: a new id, see `newInstanceId`. */
  readonly instanceId?: string;
  readonly version?: string;
  /** JSON text. */
  readonly input: string | null;
}

/** The id, or the status of the instance that is in the way. */
export type StartOutcome =
  { readonly id: string } | { readonly existingStatus: RuntimeStatus };

/** Or the status that does not allow it; undefined when the instance is unknown. */
export type RewindOutcome = "accepted" | RuntimeStatus | undefined;
export type PurgeOutcome = "purged" | RuntimeStatus | undefined;

export class InstanceLifecycle {
  readonly #engine: EngineContext;
  readonly #orchestrations: OrchestrationDispatcher;
  /** Ids of which the commit that rewinds them is on its way to disk. */
  readonly #rewinding = new Set<string>();

  constructor(engine: EngineContext, orchestrations: OrchestrationDispatcher) {
    this.#engine = engine;
    this.#orchestrations = orchestrations;
  }

  /** Resolves once the instance is on disk. */
  async start({
    name,
    version,
    input,
    instanceId: wanted,
  }: StartInstanceRequest): Promise<StartOutcome> {
    const { settings } = this.#engine;
    // A new id is nobody's: the store need not be asked for it.
    const instanceId = wanted ?? newInstanceId(this.#engine.now());
    const running = wanted === undefined ? undefined : this.#running(wanted);
    if (
      running !== undefined &&
      settings.overridableExistingInstanceStates === "NonRunningStates"
    )
      return { existingStatus: running };
    const instance = createPendingInstance(
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
    const message = { to: instanceId, message: createStartMessage(instance) };
    // Nothing of an execution that is replaced may be written after this one's beginning.
    this.#orchestrations.discard(instanceId);
    await this.#orchestrations.startExecutions([instance], [message], {
      ...(running !== undefined && { emptied: [instanceId] }),
      instances: [instance],
      histories: [{ instanceId, from: 0, events: [] }],
    });
    return { id: instanceId };
  }

  /** Has what failed tried again, in a new execution. Resolves once that is on disk. */
  async rewind(instanceId: string, reason: string): Promise<RewindOutcome> {
    const { store, outbox, newId } = this.#engine;
    const instance = this.#orchestrations.findCommitted(instanceId);
    const status = this.#running(instanceId) ?? instance?.status;
    if (instance === undefined || status !== "Failed") return status;
    const all = planRewind(instance, {
      now: this.#engine.now(),
      newId,
      find: (id) => this.#orchestrations.findCommitted(id),
      history: (id) => store.history(id),
    });
    const event = { EventType: EventType.ExecutionRewound, Reason: reason };
    const received = outbox.assignIds(
      all.map(({ instance: { instanceId: to, executionId } }) => ({
        to,
        message: { executionId, event },
      })),
    );
    const ids = all.map((one) => one.instance.instanceId);
    for (const id of ids) this.#rewinding.add(id);
    await this.#engine.committer.commit({
      instances: all.map((one) => one.instance),
      histories: all.map((one) => ({
        instanceId: one.instance.instanceId,
        from: 0,
        events: one.history,
      })),
      received,
    });
    for (const id of ids) this.#rewinding.delete(id);
    for (const one of all)
      resumeWork(this.#orchestrations, one.instance, one.history);
    outbox.deliver(received);
    return "accepted";
  }

  /** Removes all that is kept of an instance that has ended. */
  async purge(instanceId: string): Promise<PurgeOutcome> {
    const running = this.#running(instanceId);
    if (running !== undefined) return running;
    const instance = this.#orchestrations.findCommitted(instanceId);
    if (instance === undefined) return undefined;
    await this.#engine.committer.commit({ purged: [instance] });
    return "purged";
  }

  /** The status of what runs under an id, or is about to. */
  #running(instanceId: string): Instance["status"] | undefined {
    if (this.#rewinding.has(instanceId)) return "Pending";
    const instance = this.#orchestrations.findLatest(instanceId);
    return instance && !isInstanceEnded(instance) ? instance.status : undefined;
  }
}

/**
 * 32 hexadecimal digits, as on the real host; here they grow with time (version 7 of RFC 9562): records of new instances
 * stand side by side in the file, so that fewer of its pages are written.
 */
const newInstanceId = (now: number): string =>
  `${now.toString(16).padStart(12, "0")}7${randomUUID().replaceAll("-", "").slice(13)}`;
