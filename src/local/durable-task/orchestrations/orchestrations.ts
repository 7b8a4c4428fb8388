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
import { ActiveInstance } from "./active";
import { OpenWork } from "./open-work";
import type { World } from "../episode/decide";
import type { Engine } from "../engine";
import { hasEnded, type Instance } from "../instance";
import type { Delivery, OrchestrationMessage, Outgoing } from "../message";
import { openEpisode, type Opening } from "../episode/open-episode";
import { Resting } from "./resting";
import { runEpisode, worldOf } from "./run-episode";
import { startChildren } from "./start-children";
import { Slots } from "../../scheduling/slots";
import type { Commit, InboxRow } from "../store/store";
import { storedEvents, type Turn } from "../episode/turn";
import { versionProblem } from "../version-match";

export class Orchestrations {
  /** What instances wait for. */
  readonly work: OpenWork;
  readonly #engine: Engine;
  readonly #onEnd: (instance: Instance) => void;
  readonly #active = new Map<string, ActiveInstance>();
  readonly #episodes: Slots;
  readonly #world: World;
  readonly #resting = new Resting();
  #isStopping = false;

  constructor(engine: Engine, onEnd: (instance: Instance) => void) {
    this.#engine = engine;
    this.#onEnd = onEnd;
    this.#world = worldOf(engine);
    this.#episodes = new Slots(
      engine.settings.maxConcurrentOrchestratorFunctions,
    );
    this.work = new OpenWork(engine, (instanceId, delivery) => {
      this.deliver(instanceId, delivery);
    });
  }

  /** What may be told of an instance. */
  find(instanceId: string): Instance | undefined {
    const active = this.#active.get(instanceId);
    return active?.isOnDisk
      ? active.instance
      : this.#engine.store.instance(instanceId);
  }

  /** What has the id now, be it on disk or on its way there. */
  current(instanceId: string): Instance | undefined {
    return (
      this.#active.get(instanceId)?.instance ??
      this.#engine.store.instance(instanceId)
    );
  }

  /** Takes up an instance that is on disk. */
  add(instance: Instance): ActiveInstance {
    const active = new ActiveInstance(instance, this.#engine.store);
    this.#active.set(instance.instanceId, active);
    return active;
  }

  /** Begins the instances of a commit that also sends messages. Resolves when it is on disk. */
  async begin(
    instances: readonly Instance[],
    outgoing: readonly Outgoing[],
    commit: Commit,
  ): Promise<void> {
    const { store, post } = this.#engine;
    const begun = instances.map((one) => ActiveInstance.begun(one, store));
    for (const one of begun) this.#active.set(one.instance.instanceId, one);
    await post.send(outgoing, commit);
    for (const one of begun) one.isOnDisk = true;
  }

  deliver(instanceId: string, delivery: Delivery<OrchestrationMessage>): void {
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
  drop(instanceId: string): void {
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
    return [...this.#active.values()].flatMap(({ instance, queue, held }) =>
      this.#engine.post.stamp(
        [...held, ...queue]
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
    if (active.isTurning || this.#isStopping) return;
    active.isTurning = true;
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
    active.isTurning = false;
    // What its activities bring may come at any moment.
    if (this.#isCurrent(active) && active.openActivities === 0)
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
  ): Promise<{ opening: Opening; turn: Turn } | undefined> {
    const deliveries = [...active.held, ...active.queue.splice(0)];
    if (this.#isRejected(active)) {
      active.held = deliveries;
      return undefined;
    }
    const last = active.history.events.at(-1)?.Timestamp;
    const now = Math.max(this.#engine.now(), last ? Date.parse(last) : 0);
    const opening = openEpisode(
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
    const reason = versionProblem(instance.version, settings);
    if (reason === undefined) return false;
    this.#engine.problem(
      `Instance ${instance.instanceId} is left alone. ${reason}`,
    );
    return true;
  }

  async #commit(
    active: ActiveInstance,
    opening: Opening,
    turn: Turn,
  ): Promise<void> {
    if (!this.#isCurrent(active)) return;
    const { instanceId } = turn.instance;
    const events = storedEvents(turn);
    const children = startChildren(turn, this.#engine, (id) =>
      this.current(id),
    );
    const held = this.#hold(instanceId, opening);
    const outgoing = [...turn.outgoing, ...children.messages];
    await this.begin(children.instances, outgoing, {
      // Only a new execution has a new input.
      ...(turn.startsAnew
        ? { instances: [turn.instance, ...children.instances] }
        : { instances: children.instances, advanced: [turn.instance] }),
      histories: [
        {
          instanceId,
          from: turn.startsAnew ? 0 : active.history.events.length,
          events,
        },
        ...children.histories,
      ],
      received: held.rows,
      consumed: opening.consumed,
    });
    active.held = held.deliveries;
    active.advance(turn.instance, events, turn.startsAnew);
    this.#follow(active, turn);
  }

  /** Messages held for a suspended instance may wait for long: those in memory only get a place in the inbox. */
  #hold(to: string, { held }: Opening) {
    const rows: InboxRow[] = [];
    const deliveries = held.map(({ inboxId, message }) => {
      if (inboxId !== null) return { inboxId, message };
      const [row] = this.#engine.post.stamp([{ to, message }]);
      if (row) rows.push(row);
      return { inboxId: row?.id ?? null, message };
    });
    return { rows, deliveries };
  }

  /** What a turn sets going. */
  #follow(active: ActiveInstance, turn: Turn): void {
    if (!this.#isCurrent(active)) return;
    for (const decision of turn.decisions) this.work.begin(active, decision);
    for (const id of turn.cancelledTimers) this.work.cancelTimer(active, id);
    if (!hasEnded(turn.instance)) return;
    this.work.cancelTimers(active);
    this.#forget(active);
    this.#onEnd(turn.instance);
    // Nobody will ever take what has come too late.
    for (const late of [...active.held, ...active.queue])
      this.deliver(turn.instance.instanceId, late);
  }
}
