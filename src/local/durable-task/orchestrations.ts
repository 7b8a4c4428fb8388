/**
 * Runs the orchestration instances of a hub: one episode of an instance at a time, many instances side by side.
 *
 * O1. An instance's messages are taken in the order in which they came.
 * O2. Effects of a turn (activities, timers, children, messages) begin when its commit is on disk, never before.
 * O3. Results of activities and firings of timers are in memory only until the turn that takes them is committed:
 *     after a crash they are had again from the history. All other messages are in the inbox.
 */
import { ActiveInstance } from "./active";
import type { ActivityCall, Decision, World } from "./decide";
import type { Engine } from "./engine";
import { EventType, isDecision, type MessageEvent } from "./history-event";
import { hasEnded, type Instance } from "./instance";
import type { Delivery, OrchestrationMessage } from "./message";
import { openEpisode, type Opening } from "./open-episode";
import { runActivity } from "./run-activity";
import { runEpisode, worldOf } from "./run-episode";
import { type ChildStarts, startChildren } from "./start-children";
import { Slots } from "../scheduling/slots";
import type { InboxRow, StoredEvent } from "./store";
import type { Turn } from "./turn";
import { versionProblem } from "./version-match";

export class Orchestrations {
  readonly #engine: Engine;
  readonly #onEnd: (instance: Instance) => void;
  readonly #active = new Map<string, ActiveInstance>();
  readonly #episodes: Slots;
  readonly #activities: Slots;
  readonly #world: World;
  #isStopping = false;

  constructor(engine: Engine, onEnd: (instance: Instance) => void) {
    this.#engine = engine;
    this.#onEnd = onEnd;
    this.#world = worldOf(engine);
    this.#episodes = new Slots(
      engine.settings.maxConcurrentOrchestratorFunctions,
    );
    this.#activities = new Slots(
      engine.settings.maxConcurrentActivityFunctions,
    );
  }

  find(instanceId: string): Instance | undefined {
    return (
      this.#active.get(instanceId)?.instance ??
      this.#engine.store.instance(instanceId)
    );
  }

  /** Takes up an instance whose row is on disk. */
  add(instance: Instance): ActiveInstance {
    const active = new ActiveInstance(instance, this.#engine.store);
    this.#active.set(instance.instanceId, active);
    return active;
  }

  deliver(instanceId: string, delivery: Delivery<OrchestrationMessage>): void {
    const active = this.#active.get(instanceId);
    if (active) {
      active.queue.push(delivery);
      this.#schedule(active);
    } else if (delivery.inboxId !== null) {
      // Ended or unknown: nobody will ever take the message.
      void this.#engine.committer.commit({ consumed: [delivery.inboxId] });
    }
  }

  startActivity(active: ActiveInstance, call: ActivityCall): void {
    const { executionId } = active.instance;
    active.openActivities += 1;
    void this.#activities.run(async () => {
      if (this.#isStopping) return;
      const { instanceId } = active.instance;
      const event = await runActivity(this.#engine, instanceId, call);
      active.openActivities -= 1;
      this.deliver(instanceId, {
        inboxId: null,
        message: { executionId, event },
      });
    });
  }

  setTimer(active: ActiveInstance, timerId: number, fireAt: number): void {
    const { instanceId, executionId } = active.instance;
    const key = timerKey(active.instance, timerId);
    active.timers.add(key);
    const event: MessageEvent = {
      EventType: EventType.TimerFired,
      TimerId: timerId,
      FireAt: new Date(fireAt).toISOString(),
    };
    this.#engine.timers.set(key, fireAt, () => {
      active.timers.delete(key);
      this.deliver(instanceId, {
        inboxId: null,
        message: { executionId, event },
      });
    });
  }

  /** Forgets an instance that is being replaced; what still comes of it is for an execution that is no more. */
  drop(instanceId: string): void {
    const active = this.#active.get(instanceId);
    for (const key of active?.timers ?? []) this.#engine.timers.cancel(key);
    this.#active.delete(instanceId);
  }

  /** Takes no new work. What running functions still bring goes to the inbox, for the next start. */
  stop(): readonly InboxRow[] {
    this.#isStopping = true;
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
      await this.#episodes.run(() => this.#turn(active));
    active.isTurning = false;
    active.rest();
  }

  async #turn(active: ActiveInstance): Promise<void> {
    const deliveries = [...active.held, ...active.queue.splice(0)];
    if (this.#isRejected(active)) {
      active.held = deliveries;
      return;
    }
    const last = active.history.events.at(-1)?.Timestamp;
    const now = Math.max(this.#engine.now(), last ? Date.parse(last) : 0);
    const opening = openEpisode(
      active.instance,
      active.history,
      deliveries,
      now,
    );
    const turn = await runEpisode(
      this.#engine,
      this.#world,
      opening,
      active.history,
    );
    await this.#commit(active, opening, turn);
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
    const { committer, post } = this.#engine;
    const { instanceId } = turn.instance;
    const events = storedEvents(turn);
    const children = startChildren(turn, this.#engine, (id) => this.find(id));
    const held = this.#hold(instanceId, opening);
    const sent = post.stamp([...turn.outgoing, ...children.messages]);
    await committer.commit({
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
      received: [...sent, ...held.rows],
      consumed: opening.consumed,
    });
    active.held = held.deliveries;
    active.advance(turn.instance, events, turn.startsAnew);
    this.#begin(active, turn, children);
    post.deliver(sent);
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

  #begin(active: ActiveInstance, turn: Turn, children: ChildStarts): void {
    for (const child of children.instances) this.add(child);
    if (!this.#isCurrent(active)) return;
    for (const decision of turn.decisions) this.#beginOne(active, decision);
    for (const id of turn.cancelledTimers)
      this.#cancel(active, timerKey(active.instance, id));
    if (!hasEnded(turn.instance)) return;
    for (const key of active.timers) this.#cancel(active, key);
    this.#active.delete(turn.instance.instanceId);
    this.#onEnd(turn.instance);
  }

  #beginOne(active: ActiveInstance, { activity, timer }: Decision): void {
    if (activity) this.startActivity(active, activity);
    if (timer) this.setTimer(active, timer.timerId, timer.fireAt);
  }

  #cancel(active: ActiveInstance, key: string): void {
    active.timers.delete(key);
    this.#engine.timers.cancel(key);
  }
}

const timerKey = (
  { instanceId, executionId }: Instance,
  timerId: number,
): string => `${instanceId} ${executionId} ${timerId}`;

function storedEvents(turn: Turn): readonly StoredEvent[] {
  const inputs = new Map(
    turn.decisions.map(({ event, activity }) => [
      event.EventId,
      activity?.input ?? null,
    ]),
  );
  return turn.events.map((event) => ({
    event,
    input: isDecision(event) ? (inputs.get(event.EventId) ?? null) : null,
  }));
}
