/**
 * A fault of the real platform as a mode of the hub. On Azure Storage the messages of an episode are sent before its history
 * is committed. When two workers hold one partition, or one dies in between, the messages live on and the episode runs again,
 * with other messages and in another order, and gives the same ids to other actions.
 *
 * L1. Everything that a lost episode started or sent stays started and sent. Its history, its state and its consumed
 *     messages are not committed, and its extended session is dropped, because it is ahead of the history.
 * L2. An answer is kept until the history contains an action with its id, of any kind. That action then gets the answer.
 * L3. An episode is lost at most `maxLossesInARow` times, and not if it is the first of its instance in this process. Every
 *     instance therefore makes progress, even if every process dies early.
 */
import { createHash } from "node:crypto";
import {
  EventType,
  isControlEvent,
  type MessageEvent,
} from "../../model/history-event";
import type {
  MessageDelivery,
  OrchestrationMessage,
} from "../../model/hub-message";
import type { EpisodeStart } from "../../replay/start-episode";
import type { ActiveInstance } from "./active-instance";

export interface LostEpisodesOptions {
  /** The same seed loses the same episodes of an instance with the same id. */
  readonly seed: number;
  /** Probability of losing an episode, from 0 to 1. */
  readonly rate: number;
}

type Delivery = MessageDelivery<OrchestrationMessage>;

const maxLossesInARow = 2;
/** A lost episode runs again after at most this number of further messages. */
const maxAwaitedMessages = 2;

export class LostEpisodes {
  readonly #options: LostEpisodesOptions;

  constructor(options: LostEpisodesOptions) {
    this.#options = options;
  }

  /** Call this for an instance of an earlier process, which may have lost its next episode already (L3). */
  protect(active: ActiveInstance): void {
    active.lossesInARow = maxLossesInARow;
  }

  isLost(active: ActiveInstance, { next }: EpisodeStart): boolean {
    return (
      next === "run" &&
      active.lossesInARow < maxLossesInARow &&
      this.#random(active, "lost") < this.#options.rate
    );
  }

  /** Takes the messages of the next episode from the queue: after a loss in another order, and not always all of them. */
  takeBatch(active: ActiveInstance): readonly Delivery[] {
    const { ready, early } = separateEarlyAnswers(active, active.queue);
    active.earlyAnswers.push(...early);
    const ordered = this.#reorder(active, ready);
    const size =
      active.lossesInARow === 0
        ? ordered.length
        : 1 + Math.floor(this.#random(active, "size") * ordered.length);
    active.queue.splice(0, active.queue.length, ...ordered.slice(size));
    active.minQueueLength = 1;
    return ordered.slice(0, size);
  }

  /** Puts the messages of a lost episode back into the queue. The next episode waits for further messages. */
  restore(active: ActiveInstance, batch: readonly Delivery[]): void {
    active.queue.unshift(...batch);
    active.session = undefined;
    active.minQueueLength =
      active.queue.length +
      Math.floor(this.#random(active, "wait") * (maxAwaitedMessages + 1));
    active.lossesInARow += 1;
  }

  /** Call this after a commit: moves the early answers whose action is now in the history to the queue. */
  releaseAnswers(active: ActiveInstance, { newEvents }: EpisodeStart): void {
    // An episode that has only dropped duplicates is not the one that was lost.
    if (newEvents.length > 0) active.lossesInARow = 0;
    const { ready, early } = separateEarlyAnswers(active, active.earlyAnswers);
    active.earlyAnswers = early;
    active.queue.push(...ready);
  }

  /** The order of the real queue is arbitrary, but an execution begins with its start, and a suspension precedes its end. */
  #reorder(active: ActiveInstance, batch: readonly Delivery[]): Delivery[] {
    const shuffled = batch
      .map((delivery, index) => ({
        delivery,
        rank: isStart(delivery) ? -1 : this.#random(active, `rank ${index}`),
      }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ delivery }) => delivery);
    const controls = batch.filter(isControl).values();
    return shuffled.map((delivery) =>
      isControl(delivery) ? (controls.next().value ?? delivery) : delivery,
    );
  }

  /** A number in [0, 1) that depends on the seed and on the episode. */
  #random(
    { instance, history, lossesInARow }: ActiveInstance,
    purpose: string,
  ): number {
    const { seed } = this.#options;
    const text = `${seed} ${instance.instanceId} ${history.episodeCount} ${lossesInARow} ${purpose}`;
    const digest = createHash("sha256").update(text).digest();
    return digest.readUInt32LE() / 2 ** 32;
  }
}

/** Answers to another execution are not early: the episode drops them. */
function separateEarlyAnswers(
  { instance, history }: ActiveInstance,
  deliveries: readonly Delivery[],
): { readonly ready: Delivery[]; readonly early: Delivery[] } {
  const isEarly = ({ message: { executionId, event } }: Delivery): boolean => {
    const id = answeredId(event);
    return (
      id !== undefined &&
      executionId === instance.executionId &&
      !history.decisionsById.has(id)
    );
  };
  return {
    ready: deliveries.filter((delivery) => !isEarly(delivery)),
    early: deliveries.filter(isEarly),
  };
}

function answeredId(event: MessageEvent): number | undefined {
  if ("TaskScheduledId" in event) return event.TaskScheduledId;
  return "TimerId" in event ? event.TimerId : undefined;
}

const isStart = ({ message: { event } }: Delivery): boolean =>
  event.EventType === EventType.ExecutionStarted;

const isControl = ({ message: { event } }: Delivery): boolean =>
  isControlEvent(event);
