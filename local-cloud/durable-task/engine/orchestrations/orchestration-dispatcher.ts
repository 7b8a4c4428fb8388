/**
 * Runs the orchestration instances of a hub: one episode per instance at a time, many instances concurrently.
 *
 * O1. An instance processes its messages in the order of their arrival.
 * O2. The effects of an episode (activities, timers, calls of entities) start, and its result becomes visible, when its commit
 *     is durable.
 * O3. Activity results and timer events are in memory until the commit of the episode that processes them; after a crash they
 *     are recreated from the history. All other messages are in the durable inbox.
 * O4. An episode may process messages, and the start of its instance, before their commits are durable. The commit of the
 *     episode is requested later, so it cannot become durable earlier, and until then the episode has no visible effect (O2).
 *     If the episode completes within a tick, one flush writes all these commits.
 */
import { Semaphore } from "../../../shared/concurrency/semaphore";
import type {
  MessageDelivery,
  OrchestrationMessage,
  OutgoingHubMessage,
} from "../../model/hub-message";
import { type Instance, isInstanceEnded } from "../../model/instance";
import type { EpisodeContext } from "../../replay/decision";
import {
  type EpisodeResult,
  toEventsToStore,
} from "../../replay/episode-result";
import { type EpisodeStart, startEpisode } from "../../replay/start-episode";
import type { HubCommit, InboxRow } from "../../store/task-hub-store";
import type { EngineContext } from "../engine-context";
import { describeRejection } from "../version-match";
import { ActiveInstance } from "./active-instance";
import { IdleCache } from "./idle-cache";
import { createEpisodeContext, runEpisode } from "./run-episode";
import { ScheduledWork } from "./scheduled-work";
import { type ChildStarts, planChildStarts } from "./start-children";

/** An episode that has run and is not committed. */
interface Episode {
  /** The messages that it has taken from the queue. */
  readonly batch: readonly MessageDelivery<OrchestrationMessage>[];
  readonly start: EpisodeStart;
  readonly result: EpisodeResult;
}

export class OrchestrationDispatcher {
  readonly work: ScheduledWork;
  readonly #context: EngineContext;
  readonly #onEnd: (instance: Instance) => void;
  readonly #active = new Map<string, ActiveInstance>();
  readonly #episodes: Semaphore;
  readonly #episodeContext: EpisodeContext;
  readonly #idle = new IdleCache();
  #isStopping = false;

  constructor(context: EngineContext, onEnd: (instance: Instance) => void) {
    this.#context = context;
    this.#onEnd = onEnd;
    this.#episodeContext = createEpisodeContext(context);
    this.#episodes = new Semaphore(
      context.settings.maxConcurrentOrchestratorFunctions,
    );
    this.work = new ScheduledWork(context, (instanceId, delivery) => {
      this.deliver(instanceId, delivery);
    });
  }

  /** The durable state, which clients may see. */
  findCommitted(instanceId: string): Instance | undefined {
    const active = this.#active.get(instanceId);
    return active?.isCommitted
      ? active.instance
      : this.#context.store.instance(instanceId);
  }

  /** The latest instance with the id, durable or not. */
  findLatest(instanceId: string): Instance | undefined {
    return (
      this.#active.get(instanceId)?.instance ??
      this.#context.store.instance(instanceId)
    );
  }

  /** Loads a durable instance. */
  activate(instance: Instance): ActiveInstance {
    const { store, lostEpisodes } = this.#context;
    const active = new ActiveInstance(instance, store);
    lostEpisodes?.protect(active);
    this.#active.set(instance.instanceId, active);
    return active;
  }

  /** Starts the instances of a commit and sends its messages. Resolves when the commit is durable. */
  async startExecutions(
    instances: readonly Instance[],
    outgoing: readonly OutgoingHubMessage[],
    commit: HubCommit,
  ): Promise<void> {
    const { store, outbox } = this.#context;
    const started = instances.map((instance) =>
      ActiveInstance.forNewExecution(instance, store),
    );
    for (const active of started)
      this.#active.set(active.instance.instanceId, active);
    await outbox.send(outgoing, commit);
    for (const active of started) active.isCommitted = true;
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
      // The instance has ended or is unknown: remove the message from the inbox.
      const consumed = [delivery.inboxId];
      setImmediate(() => void this.#context.committer.commit({ consumed }));
    }
  }

  /** Drops an instance that is being replaced. Results that arrive later belong to the replaced execution. */
  discard(instanceId: string): void {
    const active = this.#active.get(instanceId);
    if (active === undefined) return;
    this.work.cancelTimers(active);
    this.#remove(active);
  }

  #remove(active: ActiveInstance): void {
    this.#active.delete(active.instance.instanceId);
    this.#idle.remove(active);
  }

  /** Starts no more episodes. Returns the unprocessed messages that are in memory only, for the inbox. */
  stop(): readonly InboxRow[] {
    this.#isStopping = true;
    this.work.stop();
    return [...this.#active.values()].flatMap(
      ({ instance, queue, heldMessages, earlyAnswers }) =>
        this.#context.outbox.assignIds(
          [...heldMessages, ...earlyAnswers, ...queue]
            .filter(({ inboxId }) => inboxId === null)
            .map(({ message }) => ({ to: instance.instanceId, message })),
        ),
    );
  }

  /** False when the instance was replaced meanwhile: results of the earlier execution are ignored. */
  #isCurrent(active: ActiveInstance): boolean {
    return this.#active.get(active.instance.instanceId) === active;
  }

  #schedule(active: ActiveInstance): void {
    if (active.isProcessing || !active.isReady || this.#isStopping) return;
    active.isProcessing = true;
    // Messages that arrive in the same tick are processed by the same episode.
    setImmediate(() => {
      void this.#processQueue(active);
    });
  }

  async #processQueue(active: ActiveInstance): Promise<void> {
    while (active.isReady && !this.#isStopping && this.#isCurrent(active)) {
      this.#idle.remove(active);
      // The commit is outside the semaphore, so that another instance can run meanwhile.
      const ran = await this.#episodes.run(() => this.#runEpisode(active));
      if (ran === undefined) continue;
      if (this.#context.lostEpisodes?.isLost(active, ran.start))
        await this.#lose(active, ran);
      else await this.#commit(active, ran.start, ran.result);
    }
    active.isProcessing = false;
    // An instance with running activities is about to continue.
    if (this.#isCurrent(active) && active.runningActivities === 0)
      this.#idle.add(active);
  }

  async #runEpisode(active: ActiveInstance): Promise<Episode | undefined> {
    const batch =
      this.#context.lostEpisodes?.takeBatch(active) ?? active.queue.splice(0);
    const deliveries = [...active.heldMessages, ...batch];
    if (deliveries.length === 0) return undefined;
    const { settings } = this.#context;
    const rejection = describeRejection(active.instance, settings);
    if (rejection !== undefined) {
      this.#context.reportProblem(rejection);
      active.heldMessages = deliveries;
      return undefined;
    }
    const last = active.history.events.at(-1)?.Timestamp;
    const now = Math.max(this.#context.now(), last ? Date.parse(last) : 0);
    const start = startEpisode(
      active.instance,
      active.history,
      deliveries,
      now,
    );
    const result = await runEpisode(
      this.#context,
      this.#episodeContext,
      start,
      active,
    );
    return { batch, start, result };
  }

  async #commit(
    active: ActiveInstance,
    start: EpisodeStart,
    result: EpisodeResult,
  ): Promise<void> {
    if (!this.#isCurrent(active)) return;
    const { instanceId } = result.instance;
    const events = toEventsToStore(result);
    const children = this.#planChildren(result);
    // Held messages in memory are written to the inbox, because a suspension can be long.
    const held = this.#context.outbox.addMissingIds(instanceId, start.held);
    const outgoing = [...result.outgoing, ...children.messages];
    await this.startExecutions(children.instances, outgoing, {
      ...children.changes,
      // `advanced` omits the input, which changes with a new execution only.
      ...(result.continuesAsNew
        ? { instances: [result.instance, ...children.instances] }
        : { advanced: [result.instance] }),
      histories: [
        {
          instanceId,
          from: result.continuesAsNew ? 0 : active.history.events.length,
          events,
        },
        ...(children.changes.histories ?? []),
      ],
      received: held.rows,
      consumed: start.consumed,
    });
    active.heldMessages = held.deliveries;
    active.applyCommitted(result.instance, events, result.continuesAsNew);
    this.#context.lostEpisodes?.releaseAnswers(active, start);
    this.#applyEffects(active, result);
  }

  /** Starts and sends what a lost episode has decided, and nothing else (L1 in lost-episodes.ts). */
  async #lose(
    active: ActiveInstance,
    { batch, result }: Episode,
  ): Promise<void> {
    if (!this.#isCurrent(active)) return;
    const { instanceId } = active.instance;
    const children = this.#planChildren(result);
    // Messages to itself are a part of its state: the start of the next execution, and failures without a call.
    const sent = result.outgoing.filter(({ to }) => to !== instanceId);
    await this.startExecutions(
      children.instances,
      [...sent, ...children.messages],
      children.changes,
    );
    if (!this.#isCurrent(active)) return;
    for (const decision of result.decisions)
      this.work.scheduleLost(active, decision);
    this.#context.lostEpisodes?.restore(active, batch);
    this.work.endPause(active, () => {
      this.#schedule(active);
    });
  }

  #planChildren(result: EpisodeResult): ChildStarts {
    const replacesRunning = this.#context.lostEpisodes !== undefined;
    const children = planChildStarts(
      result,
      this.#context,
      (id) => this.findLatest(id),
      replacesRunning,
    );
    for (const id of children.replaced) this.discard(id);
    return children;
  }

  #applyEffects(active: ActiveInstance, result: EpisodeResult): void {
    if (!this.#isCurrent(active)) return;
    for (const decision of result.decisions)
      this.work.schedule(active, decision);
    for (const id of result.cancelledTimers) this.work.cancelTimer(active, id);
    if (!isInstanceEnded(result.instance)) return;
    this.work.cancelTimers(active);
    this.#remove(active);
    this.#onEnd(result.instance);
    // Late messages: `deliver` removes them from the inbox.
    const { heldMessages, earlyAnswers, queue } = active;
    for (const late of [...heldMessages, ...earlyAnswers, ...queue])
      this.deliver(result.instance.instanceId, late);
  }
}
