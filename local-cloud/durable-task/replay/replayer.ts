/**
 * Replays the history of an execution against the actions that its orchestrator function has listed.
 *
 * The list contains all actions since the start of the execution, but not when the function reached each of them. The
 * replay applies the history event by event and infers when each action started:
 *
 * R1. An action starts in the episode that recorded its decision or, without a recorded decision, in the current episode.
 *     Within the episode, it starts when the previous action has settled and the next recorded decision has its kind and
 *     name. If the previous action settled in an earlier episode, another task must settle first. An action for which this
 *     never holds starts at the end of the episode.
 * R2. A recorded decision must have the kind and name of the request with the same id. Otherwise the code has changed, and
 *     the execution fails.
 * R3. An execution is open, and cannot end, while it has unsettled activities, unsettled child orchestrations or timers of
 *     the function that have neither fired nor been cancelled. After the function has returned, failed tasks are not retried.
 */
import { ActionList } from "./action-list";
import { type Action, ActionType } from "./actions";
import {
  type ExecutionHistory,
  type ReplayItem,
  toReplayItems,
} from "./execution-history";
import type { ReplayLimits } from "./limits";
import { describeNondeterminism } from "./nondeterminism";
import type { ReplayCursor } from "./replay-cursor";
import type { HistoryEvent } from "../model/history-event";
import type { TaskRequest } from "./task-request";
import { Timeline } from "./timeline";

interface NewRequest {
  readonly id: number;
  readonly request: TaskRequest;
}

export interface ReplayResult {
  /** Requests without a recorded decision, sorted by id. */
  readonly newRequests: readonly NewRequest[];
  /** Number of requests in the whole execution. */
  readonly requestCount: number;
  readonly isOpen: boolean;
  /** Ids of cancelled timers. A replayer that is used for several episodes returns each id once. */
  readonly cancelledTimers: readonly number[];
  readonly continueAsNew: { readonly input: unknown } | undefined;
  /** Error message when the execution cannot continue. */
  readonly problem: string | undefined;
}

interface ReplayOptions {
  /** Whether the orchestrator function has returned or thrown. */
  readonly isFunctionFinished: boolean;
  readonly limits: ReplayLimits;
}

/** Replays `history` and the current episode (`newEvents`) once. */
export const replayHistory = (
  actions: readonly Action[],
  history: ExecutionHistory,
  newEvents: readonly HistoryEvent[],
  { isFunctionFinished, limits }: ReplayOptions,
): ReplayResult =>
  new Replayer(history, limits).replay(actions, newEvents, isFunctionFinished);

/** Replays the episodes of one execution. The history grows between calls, and each call replays only the new part. */
export class Replayer {
  readonly #history: ExecutionHistory;
  readonly #cursor: ReplayCursor;
  readonly #actions: ActionList;
  #replayedItems = 0;
  /** Number of recorded decisions that were marked in the timeline. */
  #markedDecisions = 0;
  /** Number of recorded decisions that were compared with requests. */
  #comparedDecisions = 0;

  constructor(history: ExecutionHistory, limits: ReplayLimits) {
    const timeline = new Timeline(history);
    this.#history = history;
    this.#cursor = {
      timeline,
      limits,
      started: new Map(),
      lockedEntityIds: [],
    };
    this.#actions = new ActionList(this.#cursor, history);
  }

  /**
   * Applies an event that the function has just processed in an extended session. The function has reached all of
   * `actions`, so R1 does not apply: all of them start.
   */
  followEvent(event: HistoryEvent, actions: readonly Action[]): void {
    this.#markRecordedDecisions();
    this.#actions.actions = actions;
    for (const item of toReplayItems(event)) this.#apply(item);
    this.#actions.startAll();
  }

  /**
   * Replays up to the end of the current episode (`newEvents`). Before the next call, the caller must append that episode
   * and its decisions to the history. The next call must pass the same `actions`, followed by the new ones.
   */
  replay(
    actions: readonly Action[],
    newEvents: readonly HistoryEvent[],
    isFunctionFinished: boolean,
  ): ReplayResult {
    const { replayItems: past, decisionEvents } = this.#history;
    const { timeline } = this.#cursor;
    timeline.isFunctionFinished = isFunctionFinished;
    this.#markRecordedDecisions();
    this.#actions.actions = actions;
    const current = newEvents.flatMap(toReplayItems);
    const alreadyApplied = Math.max(this.#replayedItems - past.length, 0);
    for (const item of past.slice(this.#replayedItems)) this.#apply(item);
    for (const item of current.slice(alreadyApplied)) this.#apply(item);
    this.#actions.startAll();
    const notCompared = decisionEvents.slice(this.#comparedDecisions);
    this.#comparedDecisions = decisionEvents.length;
    return {
      ...toResult(timeline, actions),
      problem: describeNondeterminism(notCompared, timeline.requests),
    };
  }

  /** Needed for entity calls: their response ids are known only from the recorded decisions. */
  #markRecordedDecisions(): void {
    const { decisionEvents } = this.#history;
    for (const { EventId } of decisionEvents.slice(this.#markedDecisions))
      this.#cursor.timeline.markRecorded(EventId);
    this.#markedDecisions = decisionEvents.length;
  }

  #apply(item: ReplayItem): void {
    this.#replayedItems += 1;
    if (typeof item === "number") this.#actions.enterEpisode(item);
    else if (this.#cursor.timeline.apply(item)) this.#actions.startReady();
  }
}

function toResult(
  timeline: Timeline,
  actions: readonly Action[],
): Omit<ReplayResult, "problem"> {
  const { requests, openRequests } = timeline;
  const newRequests: NewRequest[] = [];
  for (const id of timeline.takeRequestedIds()) {
    const request = requests.get(id);
    if (request && !timeline.isRecorded(id)) newRequests.push({ id, request });
  }
  const last = actions.at(-1);
  return {
    newRequests: newRequests.sort((a, b) => a.id - b.id),
    isOpen: openRequests.keepExecutionOpen,
    cancelledTimers: openRequests.takeCancelled(),
    continueAsNew:
      last?.actionType === ActionType.ContinueAsNew
        ? { input: last.input }
        : undefined,
    requestCount: requests.size,
  };
}
