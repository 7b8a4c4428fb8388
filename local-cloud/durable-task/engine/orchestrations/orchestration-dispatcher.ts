/**
 * Runs the orchestration instances of a hub: one episode of an instance at a time, many instances side by side.
 *
 * O1. An instance's messages are taken in the order in which they came.
 * O2. What a turn sets going in the world (activities, timers, calls of entities) begins, and what it has come to is told,
 *     when its commit is on disk, never before.
 * O3. Results of activities and firings of timers are in memory only until the turn that takes them is committed:
 *     after a crash they are had again from the history. All other messages are in the inbox.
 * O4. A turn may take messages, and even its instance's beginning, before they are on disk. Its own commit is asked for
 *     after theirs, so it is not on disk before them, and by O2 nobody sees anything of it until then. It costs no flush
 *     of its own when it is ready within a tick.
 */
import { ActiveInstance } from "./active-instance";
import { ScheduledWork } from "./scheduled-work";
import type { EpisodeContext } from "../../replay/decision";
import type { EngineContext } from "../engine-context";
import { isInstanceEnded, type Instance } from "../../model/instance";
import type {
  MessageDelivery,
  OrchestrationMessage,
  OutgoingHubMessage,
} from "../../model/hub-message";
import { startEpisode, type EpisodeStart } from "../../replay/start-episode";
import { IdleCache } from "./idle-cache";
import { runEpisode, createEpisodeContext } from "./run-episode";
import { planChildStarts } from "./start-children";
import { Semaphore } from "../../../shared/concurrency/semaphore";
import type { HubCommit, InboxRow } from "../../store/task-hub-store";
import {
  toEventsToStore,
  type EpisodeResult,
} from "../../replay/episode-result";
import { describeVersionMismatch } from "../version-match";

export class OrchestrationDispatcher {
  /** What instances wait for. */
  readonly work: ScheduledWork;
  readonly #engine: EngineContext;
  readonly #onEnd: (instance: Instance) => void;
  readonly #active = new Map<string, ActiveInstance>();
  readonly #episodes: Semaphore;
  readonly #world: EpisodeContext;
  readonly #resting = new IdleCache();
  #isStopping = false;

  constructor(engine: EngineContext, onEnd: (instance: Instance) => void) {
    this.#engine = engine;
    this.#onEnd = onEnd;
    this.#world = createEpisodeContext(engine);
    this.#episodes = new Semaphore(
      engine.settings.maxConcurrentOrchestratorFunctions,
    );
    this.work = new ScheduledWork(engine, (instanceId, delivery) => {
      this.deliver(instanceId, delivery);
    });
  }

  /** What may be told of an instance. */
  findCommitted(instanceId: string): Instance | undefined {
    const active = this.#active.get(instanceId);
    return active?.isCommitted
      ? active.instance
      : this.#engine.store.instance(instanceId);
  }

  /** What has the id now, be it on disk or on its way there. */
  findLatest(instanceId: string): Instance | undefined {
    return (
      this.#active.get(instanceId)?.instance ??
      this.#engine.store.instance(instanceId)
    );
  }

  /** Takes up an instance that is on disk. */
  activate(instance: Instance): ActiveInstance {
    const active = new ActiveInstance(instance, this.#engine.store);
    this.#active.set(instance.instanceId, active);
    return active;
  }

  /** Begins the instances of a commit that also sends messages. Resolves when it is on disk. */
  async startExecutions(
    instances: readonly Instance[],
    outgoing: readonly OutgoingHubMessage[],
    commit: HubCommit,
  ): Promise<void> {
    const { store, outbox } = this.#engine;
    const begun = instances.map((one) =>
      ActiveInstance.forNewExecution(one, store),
    );
    for (const one of begun) this.#active.set(one.instance.instanceId, one);
    await outbox.send(outgoing, commit);
    for (const one of begun) one.isCommitted = true;
  }

  deliver(
    instanceId: string,
    delivery: MessageDelivery<OrchestrationMessage>,
  ): void {
    const active = this.#active.get(instanceId);
    if (active) {
      active.queue.push(delivery);
      this.#schedule(active);
    } else if (delivery.inboxId !== null) {
      // Ended or unknown: nobody will ever take the message.
      const consumed = [delivery.inboxId];
      setImmediate(() => void this.#engine.committer.commit({ consumed }));
    }
  }

  /** Forgets an instance that is being replaced; what still comes of it is for an execution that is no more. */
  discard(instanceId: string): void {
    const active = this.#active.get(instanceId);
    if (active === undefined) return;
    this.work.cancelTimers(active);
    this.#forget(active);
  }

  #forget(active: ActiveInstance): void {
    this.#active.delete(active.instance.instanceId);
    this.#resting.remove(active);
  }

  /** Takes no new work. What running functions still bring goes to the inbox, for the next start. */
  stop(): readonly InboxRow[] {
    this.#isStopping = true;
    this.work.stop();
    return [...this.#active.values()].flatMap(
      ({ instance, queue, heldMessages }) =>
        this.#engine.outbox.assignIds(
          [...heldMessages, ...queue]
            .filter(({ inboxId }) => inboxId === null)
            .map(({ message }) => ({ to: instance.instanceId, message })),
        ),
    );
  }

  /** False when the instance was replaced in the meantime: nothing of the earlier execution counts any more. */
  #isCurrent(active: ActiveInstance): boolean {
    return this.#active.get(active.instance.instanceId) === active;
  }

  #schedule(active: ActiveInstance): void {
    if (active.isProcessing || this.#isStopping) return;
    active.isProcessing = true;
    // What comes in the same tick is taken by the same episode.
    setImmediate(() => {
      void this.#turns(active);
    });
  }

  async #turns(active: ActiveInstance): Promise<void> {
    while (
      active.queue.length > 0 &&
      !this.#isStopping &&
      this.#isCurrent(active)
    )
      await this.#turn(active);
    active.isProcessing = false;
    // What its activities bring may come at any moment.
    if (this.#isCurrent(active) && active.runningActivities === 0)
      this.#resting.add(active);
  }

  async #turn(active: ActiveInstance): Promise<void> {
    this.#resting.remove(active);
    // Others may run while this one is on its way to disk.
    const ran = await this.#episodes.run(() => this.#episode(active));
    if (ran) await this.#commit(active, ran.opening, ran.turn);
  }

  async #episode(
    active: ActiveInstance,
  ): Promise<{ opening: EpisodeStart; turn: EpisodeResult } | undefined> {
    const deliveries = [...active.heldMessages, ...active.queue.splice(0)];
    if (this.#isRejected(active)) {
      active.heldMessages = deliveries;
      return undefined;
    }
    const last = active.history.events.at(-1)?.Timestamp;
    const now = Math.max(this.#engine.now(), last ? Date.parse(last) : 0);
    const opening = startEpisode(
      active.instance,
      active.history,
      deliveries,
      now,
    );
    const turn = await runEpisode(this.#engine, this.#world, opening, active);
    return { opening, turn };
  }

  /** An instance of a version that this app does not run waits for an app that does. */
  #isRejected({ instance }: ActiveInstance): boolean {
    const { settings } = this.#engine;
    if (settings.versionFailureStrategy === "Fail") return false;
    const reason = describeVersionMismatch(instance.version, settings);
    if (reason === undefined) return false;
    this.#engine.reportProblem(
      `Instance ${instance.instanceId} is left alone. ${reason}`,
    );
    return true;
  }

  async #commit(
    active: ActiveInstance,
    opening: EpisodeStart,
    turn: EpisodeResult,
  ): Promise<void> {
    if (!this.#isCurrent(active)) return;
    const { instanceId } = turn.instance;
    const events = toEventsToStore(turn);
    const children = planChildStarts(turn, this.#engine, (id) =>
      this.findLatest(id),
    );
    const held = this.#hold(instanceId, opening);
    const outgoing = [...turn.outgoing, ...children.messages];
    await this.startExecutions(children.instances, outgoing, {
      // Only a new execution has a new input.
      ...(turn.continuesAsNew
        ? { instances: [turn.instance, ...children.instances] }
        : { instances: children.instances, advanced: [turn.instance] }),
      histories: [
        {
          instanceId,
          from: turn.continuesAsNew ? 0 : active.history.events.length,
          events,
        },
        ...children.histories,
      ],
      received: held.rows,
      consumed: opening.consumed,
    });
    active.heldMessages = held.deliveries;
    active.applyCommitted(turn.instance, events, turn.continuesAsNew);
    this.#follow(active, turn);
  }

  /** Messages held for a suspended instance may wait for long: those in memory only get a place in the inbox. */
  #hold(to: string, { held }: EpisodeStart) {
    const rows: InboxRow[] = [];
    const deliveries = held.map(({ inboxId, message }) => {
      if (inboxId !== null) return { inboxId, message };
      const [row] = this.#engine.outbox.assignIds([{ to, message }]);
      if (row) rows.push(row);
      return { inboxId: row?.id ?? null, message };
    });
    return { rows, deliveries };
  }

  /** What a turn sets going. */
  #follow(active: ActiveInstance, turn: EpisodeResult): void {
    if (!this.#isCurrent(active)) return;
    for (const decision of turn.decisions) this.work.schedule(active, decision);
    for (const id of turn.cancelledTimers) this.work.cancelTimer(active, id);
    if (!isInstanceEnded(turn.instance)) return;
    this.work.cancelTimers(active);
    this.#forget(active);
    this.#onEnd(turn.instance);
    // Nobody will ever take what has come too late.
    for (const late of [...active.heldMessages, ...active.queue])
      this.deliver(turn.instance.instanceId, late);
  }
}
