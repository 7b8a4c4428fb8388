/**
 * Compares what an orchestrator function asks for with what its history says it asked for.
 *
 * The function lists all that it has asked for since its beginning. What it lists it has reached, but not when: the
 * history tells. So the history is played event by event, and the next listed action begins
 *
 * W1. in the episode in which the history has its decision, or in the last one when the history has none: as soon as the
 *     one before has settled (if that was in an earlier episode: as soon as something else has) and the decision is of its
 *     kind and name; at the end of the episode otherwise.
 * W2. A decision in the history confirms what is asked for under its id and must be of its kind and name. Anything
 *     else means that the code was changed: the execution cannot go on.
 * W3. An execution is open while activities, children or uncancelled timers of the function have not settled; it
 *     cannot end before. When the function has returned, nothing is tried again for it.
 */
import { type Action, ActionType, isCompound } from "./actions";
import { startAction } from "./start-action";
import type { ReplayCursor } from "./replay-cursor";
import {
  type ExecutionHistory,
  type ReplayItem,
  toReplayItems,
} from "./execution-history";
import type { DecisionEvent, HistoryEvent } from "../model/history-event";
import {
  matchesRequest,
  requestLabel,
  firstRequestLabel,
  decisionLabel,
  type TaskRequest,
  type RequestLabel,
} from "./task-request";
import type { ReplayLimits } from "./limits";
import { Timeline } from "./timeline";

interface Asked {
  readonly id: number;
  readonly request: TaskRequest;
}

export interface ReplayResult {
  /** Asked for the first time: to be decided now. */
  readonly newRequests: readonly Asked[];
  /** How much has been asked for in all. */
  readonly requestCount: number;
  readonly isOpen: boolean;
  /** Ids of timers that need not fire any more; a walk that goes on names each once. */
  readonly cancelledTimers: readonly number[];
  readonly continueAsNew: { readonly input: unknown } | undefined;
  /** Why the execution cannot go on, as a sentence. */
  readonly problem: string | undefined;
}

/** `arrived` is the episode that is being run, after all those of the history. */
export const replayHistory = (
  actions: readonly Action[],
  history: ExecutionHistory,
  arrived: readonly HistoryEvent[],
  {
    isOver,
    limits,
  }: { readonly isOver: boolean; readonly limits: ReplayLimits },
): ReplayResult =>
  new Replayer(history, limits).replay(actions, arrived, isOver);

/** Walks through the episodes of one execution, whose history grows: each time through what is new in it only. */
export class Replayer {
  readonly #history: ExecutionHistory;
  readonly #course: ReplayCursor;
  readonly #script: Script;
  /** How much of the history has been played, and how many of its decisions are known and have been confirmed. */
  #played = 0;
  #known = 0;
  #confirmed = 0;

  constructor(history: ExecutionHistory, limits: ReplayLimits) {
    const timeline = new Timeline(history);
    this.#history = history;
    this.#course = {
      timeline,
      limits,
      started: new Map(),
      lockedEntityIds: [],
    };
    this.#script = new Script(this.#course, history);
  }

  /**
   * Plays an event of the history or of the episode after it that the function has met just now. All of `actions` has
   * been reached by then: what W1 has to infer is known.
   */
  followEvent(event: HistoryEvent, actions: readonly Action[]): void {
    this.#learn();
    this.#script.actions = actions;
    for (const each of toReplayItems(event)) this.#play(each);
    this.#script.finish();
  }

  /**
   * `arrived` is the episode that is being run, after all those of the history. It has to be in the history, with the
   * decisions that it led to, before the walk goes on; and `actions` go on from those of the last time.
   */
  replay(
    actions: readonly Action[],
    arrived: readonly HistoryEvent[],
    isOver: boolean,
  ): ReplayResult {
    const { replayItems: past, decisionEvents } = this.#history;
    const { timeline } = this.#course;
    timeline.isFunctionFinished = isOver;
    this.#learn();
    this.#script.actions = actions;
    const present = arrived.flatMap(toReplayItems);
    const followed = Math.max(this.#played - past.length, 0);
    for (const event of past.slice(this.#played)) this.#play(event);
    for (const event of present.slice(followed)) this.#play(event);
    this.#script.finish();
    const recorded = decisionEvents.slice(this.#confirmed);
    this.#confirmed = decisionEvents.length;
    return result(timeline, recorded, actions);
  }

  /** Whoever waits for the answer to a message can be told of it once the history has the message. */
  #learn(): void {
    const { decisionEvents } = this.#history;
    for (; this.#known < decisionEvents.length; this.#known += 1) {
      const decision = decisionEvents[this.#known];
      if (decision) this.#course.timeline.markRecorded(decision.EventId);
    }
  }

  #play(event: ReplayItem): void {
    this.#played += 1;
    if (typeof event === "number") this.#script.enterEpisode(event);
    else if (this.#course.timeline.apply(event)) this.#script.goOn();
  }
}

/** The list of actions, and how far it has been played. */
class Script {
  actions: readonly Action[] = [];
  readonly #course: ReplayCursor;
  readonly #history: ExecutionHistory;
  #episode = -1;
  #next = 0;
  #isSettled = true;
  /** How much had settled when the episode began with something that the function had not reached yet. */
  #heldAt: number | undefined;

  constructor(course: ReplayCursor, history: ExecutionHistory) {
    this.#course = course;
    this.#history = history;
  }

  enterEpisode(at: number): void {
    const { timeline } = this.#course;
    this.#leaveEpisode();
    timeline.now = Math.max(timeline.now, at);
    this.#episode += 1;
    // What could have begun in an earlier episode but did not was not reached then: something else must settle first.
    const isHeld =
      this.#episode > 0 && this.#isSettled && this.#next < this.actions.length;
    this.#heldAt = isHeld ? timeline.settledCount : undefined;
    this.goOn();
  }

  goOn(): void {
    while (this.#isSettled && this.#mayBegin(this.actions[this.#next]))
      this.#beginNext();
  }

  /** What is listed has been reached, whatever the history lets one believe. */
  finish(): void {
    while (this.#next < this.actions.length) this.#beginNext();
  }

  /** What the episode decided it has reached, likewise. */
  #leaveEpisode(): void {
    const { episodeOf } = this.#history;
    const isOfThis = (): boolean =>
      episodeOf.get(this.#course.timeline.nextId) === this.#episode;
    while (this.#next < this.actions.length && isOfThis()) this.#beginNext();
  }

  #beginNext(): void {
    const action = this.actions[this.#next];
    if (action === undefined) return;
    this.#next += 1;
    this.#isSettled = false;
    const mine = this.#next;
    startAction(this.#course, action, () => {
      if (this.#next === mine) this.#isSettled = true;
    });
  }

  /** The history has the episodes before the last one. */
  get #isLast(): boolean {
    return this.#episode === this.#history.episodeCount;
  }

  #mayBegin(action: Action | undefined): boolean {
    if (action === undefined) return false;
    const { timeline, started } = this.#course;
    const first = firstRequest(action, started);
    if (first === undefined) return true;
    if (this.#heldAt !== undefined && timeline.settledCount <= this.#heldAt)
      return false;
    const recorded = this.#history.decisionsById.get(timeline.nextId);
    if (recorded === undefined) return this.#isLast;
    // An attempt or a timer of something that was asked for before may be next.
    const { kind, name } = decisionLabel(recorded);
    const episode = this.#history.episodeOf.get(timeline.nextId);
    return (
      episode === this.#episode && first.kind === kind && first.name === name
    );
  }
}

/** What takes the next id when the action begins; undefined when nothing does. */
function firstRequest(
  action: Action,
  begun: ReplayCursor["started"],
): RequestLabel | undefined {
  if (begun.has(action)) return undefined;
  if (!isCompound(action)) return firstRequestLabel(action);
  for (const child of action.compoundActions) {
    const first = firstRequest(child, begun);
    if (first) return first;
  }
  return undefined;
}

function result(
  timeline: Timeline,
  recorded: readonly DecisionEvent[],
  actions: readonly Action[],
): ReplayResult {
  const { requests, openRequests } = timeline;
  const fresh: Asked[] = [];
  for (const id of timeline.takeRequestedIds()) {
    const request = requests.get(id);
    if (request && !timeline.isRecorded(id)) fresh.push({ id, request });
  }
  const last = actions.at(-1);
  return {
    newRequests: fresh.sort((a, b) => a.id - b.id),
    isOpen: openRequests.keepExecutionOpen,
    cancelledTimers: openRequests.takeCancelled(),
    continueAsNew:
      last?.actionType === ActionType.ContinueAsNew
        ? { input: last.input }
        : undefined,
    requestCount: requests.size,
    problem: nondeterminism(recorded, requests),
  };
}

function nondeterminism(
  recorded: readonly DecisionEvent[],
  requests: ReadonlyMap<number, TaskRequest>,
): string | undefined {
  for (const event of recorded) {
    const id = event.EventId;
    const request = requests.get(id);
    if (request && matchesRequest(event, request)) continue;
    const instead = request
      ? `the current replay asks for a ${described(requestLabel(request))} there`
      : "the current replay execution hasn't (yet?) scheduled this task";
    return (
      `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled a ${described(decisionLabel(event))} ` +
      `with sequence ID ${id}, but ${instead}. Was the orchestrator's code changed while this instance was running?`
    );
  }
  return undefined;
}

const described = ({ kind, name }: RequestLabel): string =>
  name === "" ? kind : `${kind} with name '${name}'`;
