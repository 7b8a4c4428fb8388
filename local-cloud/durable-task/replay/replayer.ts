/**
 * Replays the history of an execution against the actions that its orchestrator function has listed.
 *
 * The function lists all actions since its start, without the time at which it reached each of them. The replay applies
 * the history event by event and infers from it when each listed action started:
 *
 * R1. An action starts in the episode that recorded its decision, or in the current episode when no decision is recorded:
 *     as soon as the previous action has settled (if that happened in an earlier episode: as soon as any other task
 *     settles) and the next recorded decision has the kind and name of the action; otherwise at the end of the episode.
 * R2. A recorded decision must match the request with the same id in kind and name. A mismatch means that the code has
 *     changed, and the execution fails.
 * R3. An execution is open while it has unsettled activities, child orchestrations or uncancelled timers of the function;
 *     an open execution cannot end. Once the function has returned, no retries are started for it.
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
  /** Why the execution cannot continue, as a sentence. */
  readonly problem: string | undefined;
}

interface ReplayOptions {
  /** Whether the orchestrator function has returned or thrown. */
  readonly isOver: boolean;
  readonly limits: ReplayLimits;
}

/** Replays `history` and the current episode (`newEvents`) once. */
export const replayHistory = (
  actions: readonly Action[],
  history: ExecutionHistory,
  newEvents: readonly HistoryEvent[],
  { isOver, limits }: ReplayOptions,
): ReplayResult =>
  new Replayer(history, limits).replay(actions, newEvents, isOver);

/** Replays the episodes of one execution. Its history grows, and each call replays the new part only. */
export class Replayer {
  readonly #history: ExecutionHistory;
  readonly #cursor: ReplayCursor;
  readonly #actions: ActionList;
  #replayedItems = 0;
  /** Number of recorded decisions that the timeline has seen, and that have been compared with requests. */
  #seenDecisions = 0;
  #matchedDecisions = 0;

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
   * Applies an event that the function has just processed in an extended session. The function has already
   * requested all of `actions`, so they are not inferred from the history (R1).
   */
  followEvent(event: HistoryEvent, actions: readonly Action[]): void {
    this.#applyRecordedDecisions();
    this.#actions.actions = actions;
    for (const item of toReplayItems(event)) this.#apply(item);
    this.#actions.startAll();
  }

  /**
   * Replays up to the end of the current episode (`newEvents`). Before the next call, the history must contain that episode
   * and its decisions, and `actions` must extend the actions of this call.
   */
  replay(
    actions: readonly Action[],
    newEvents: readonly HistoryEvent[],
    isFunctionFinished: boolean,
  ): ReplayResult {
    const { replayItems: past, decisionEvents } = this.#history;
    const { timeline } = this.#cursor;
    timeline.isFunctionFinished = isFunctionFinished;
    this.#applyRecordedDecisions();
    this.#actions.actions = actions;
    const current = newEvents.flatMap(toReplayItems);
    const followed = Math.max(this.#replayedItems - past.length, 0);
    for (const item of past.slice(this.#replayedItems)) this.#apply(item);
    for (const item of current.slice(followed)) this.#apply(item);
    this.#actions.startAll();
    const unmatched = decisionEvents.slice(this.#matchedDecisions);
    this.#matchedDecisions = decisionEvents.length;
    return {
      ...toResult(timeline, actions),
      problem: describeNondeterminism(unmatched, timeline.requests),
    };
  }

  /** The id of an entity's response is known once the history contains the message that was sent to the entity. */
  #applyRecordedDecisions(): void {
    const { decisionEvents } = this.#history;
    for (const { EventId } of decisionEvents.slice(this.#seenDecisions))
      this.#cursor.timeline.markRecorded(EventId);
    this.#seenDecisions = decisionEvents.length;
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
