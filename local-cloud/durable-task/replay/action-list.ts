import { type Action, isCompound } from "./actions";
import type { ExecutionHistory } from "./execution-history";
import type { ReplayCursor } from "./replay-cursor";
import { startAction } from "./start-action";
import {
  decisionLabel,
  firstRequestLabel,
  type RequestLabel,
} from "./task-request";

/** Starts the actions that a function has listed, in order, when the replay reaches them (R1 of the replayer). */
export class ActionList {
  actions: readonly Action[] = [];
  readonly #cursor: ReplayCursor;
  readonly #history: ExecutionHistory;
  /** Counted from 0. */
  #episode = -1;
  #next = 0;
  #isPreviousSettled = true;
  /** The next action can start when the timeline has settled more tasks than this number. */
  #blockedAt: number | undefined;

  constructor(cursor: ReplayCursor, history: ExecutionHistory) {
    this.#cursor = cursor;
    this.#history = history;
  }

  enterEpisode(startedAt: number): void {
    const { timeline } = this.#cursor;
    this.#startRecordedInEpisode();
    timeline.now = Math.max(timeline.now, startedAt);
    this.#episode += 1;
    // If an action could have started in an earlier episode and did not, the function had not reached it in that episode.
    const isBlocked =
      this.#episode > 0 &&
      this.#isPreviousSettled &&
      this.#next < this.actions.length;
    this.#blockedAt = isBlocked ? timeline.settledCount : undefined;
    this.startReady();
  }

  startReady(): void {
    while (this.#isPreviousSettled && this.#canStart(this.actions[this.#next]))
      this.#startNext();
  }

  /** Starts all listed actions, because the function has reached them. */
  startAll(): void {
    while (this.#next < this.actions.length) this.#startNext();
  }

  /** Starts the actions whose decisions were recorded in the current episode, because the function reached them there. */
  #startRecordedInEpisode(): void {
    const { episodeOf } = this.#history;
    while (
      this.#next < this.actions.length &&
      episodeOf.get(this.#cursor.timeline.nextId) === this.#episode
    )
      this.#startNext();
  }

  #startNext(): void {
    const action = this.actions[this.#next];
    if (action === undefined) return;
    this.#next += 1;
    this.#isPreviousSettled = false;
    const position = this.#next;
    startAction(this.#cursor, action, () => {
      if (this.#next === position) this.#isPreviousSettled = true;
    });
  }

  #canStart(action: Action | undefined): boolean {
    if (action === undefined) return false;
    const { timeline, started } = this.#cursor;
    const first = findFirstRequest(action, started);
    if (first === undefined) return true;
    if (
      this.#blockedAt !== undefined &&
      timeline.settledCount <= this.#blockedAt
    )
      return false;
    const recorded = this.#history.decisionsById.get(timeline.nextId);
    if (recorded === undefined)
      return this.#episode === this.#history.episodeCount;
    // The decision may also belong to a retry or a timer of an earlier action.
    const { kind, name } = decisionLabel(recorded);
    const episode = this.#history.episodeOf.get(timeline.nextId);
    return (
      episode === this.#episode && first.kind === kind && first.name === name
    );
  }
}

/** The request that takes the next id when the action starts; undefined when the action makes no request. */
function findFirstRequest(
  action: Action,
  started: ReplayCursor["started"],
): RequestLabel | undefined {
  if (started.has(action)) return undefined;
  if (!isCompound(action)) return firstRequestLabel(action);
  for (const child of action.compoundActions) {
    const first = findFirstRequest(child, started);
    if (first) return first;
  }
  return undefined;
}
