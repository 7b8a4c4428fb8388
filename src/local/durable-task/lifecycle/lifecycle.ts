/** How executions come to be and how their records go: what clients ask for apart from sending messages. */
import { randomUUID } from "node:crypto";
import type { Engine } from "../engine";
import { EventType } from "../history-event";
import {
  hasEnded,
  type Instance,
  pendingInstance,
  type RuntimeStatus,
} from "../instance";
import { startMessage } from "../message";
import type { Orchestrations } from "../orchestrations/orchestrations";
import { takeUp } from "./recovery";
import { rewound } from "./rewind";

export interface StartRequest {
  readonly name: string;
  /** Default: a new id, see `newInstanceId`. */
  readonly instanceId?: string;
  readonly version?: string;
  /** JSON text. */
  readonly input: string | null;
}

/** The id, or the status of the instance that is in the way. */
export type Started =
  { readonly id: string } | { readonly running: RuntimeStatus };

/** Or the status that does not allow it; undefined when the instance is unknown. */
export type Rewinding = "accepted" | RuntimeStatus | undefined;
export type Purging = "purged" | RuntimeStatus | undefined;

export class Lifecycle {
  readonly #engine: Engine;
  readonly #orchestrations: Orchestrations;
  /** Ids of which the commit that rewinds them is on its way to disk. */
  readonly #rewinding = new Set<string>();

  constructor(engine: Engine, orchestrations: Orchestrations) {
    this.#engine = engine;
    this.#orchestrations = orchestrations;
  }

  /** Resolves once the instance is on disk. */
  async start({
    name,
    version,
    input,
    instanceId: wanted,
  }: StartRequest): Promise<Started> {
    const { settings } = this.#engine;
    // A new id is nobody's: the store need not be asked for it.
    const instanceId = wanted ?? newInstanceId(this.#engine.now());
    const running = wanted === undefined ? undefined : this.#running(wanted);
    if (
      running !== undefined &&
      settings.overridableExistingInstanceStates === "NonRunningStates"
    )
      return { running };
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
    const message = { to: instanceId, message: startMessage(instance) };
    // Nothing of an execution that is replaced may be written after this one's beginning.
    this.#orchestrations.drop(instanceId);
    await this.#orchestrations.begin([instance], [message], {
      ...(running !== undefined && { emptied: [instanceId] }),
      instances: [instance],
      histories: [{ instanceId, from: 0, events: [] }],
    });
    return { id: instanceId };
  }

  /** Has what failed tried again, in a new execution. Resolves once that is on disk. */
  async rewind(instanceId: string, reason: string): Promise<Rewinding> {
    const { store, post, newId } = this.#engine;
    const instance = this.#orchestrations.find(instanceId);
    const status = this.#running(instanceId) ?? instance?.status;
    if (instance === undefined || status !== "Failed") return status;
    const all = rewound(instance, {
      now: this.#engine.now(),
      newId,
      find: (id) => this.#orchestrations.find(id),
      history: (id) => store.history(id),
    });
    const event = { EventType: EventType.ExecutionRewound, Reason: reason };
    const received = post.stamp(
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
      takeUp(this.#orchestrations, one.instance, one.history);
    post.deliver(received);
    return "accepted";
  }

  /** Removes all that is kept of an instance that has ended. */
  async purge(instanceId: string): Promise<Purging> {
    const running = this.#running(instanceId);
    if (running !== undefined) return running;
    const instance = this.#orchestrations.find(instanceId);
    if (instance === undefined) return undefined;
    await this.#engine.committer.commit({ purged: [instance] });
    return "purged";
  }

  /** The status of what runs under an id, or is about to. */
  #running(instanceId: string): Instance["status"] | undefined {
    if (this.#rewinding.has(instanceId)) return "Pending";
    const instance = this.#orchestrations.current(instanceId);
    return instance && !hasEnded(instance) ? instance.status : undefined;
  }
}

/**
 * 32 hexadecimal digits, as on the real host; here they grow with time (version 7 of RFC 9562): records of new instances
 * stand side by side in the file, so that fewer of its pages are written.
 */
const newInstanceId = (now: number): string =>
  `${now.toString(16).padStart(12, "0")}7${randomUUID().replaceAll("-", "").slice(13)}`;
