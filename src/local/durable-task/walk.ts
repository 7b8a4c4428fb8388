/**
 * Compares what an orchestrator function asks for with what its history says it asked for.
 *
 * The function runs from its beginning in every episode and lists all that it has asked for since. What it lists it has
 * reached, but not when: the history tells. So the history is played event by event, and the next listed action begins
 *
 * W1. in the episode in which the history has its decision, as soon as the one before has settled; and when the
 *     history has none, in the last episode.
 * W2. A decision in the history confirms what is asked for under its id and must be of its kind and name. Anything
 *     else means that the code was changed: the execution cannot go on.
 * W3. An execution is open while activities, children or uncancelled timers of the function have not settled; it
 *     cannot end before. When the function has returned, nothing is tried again for it.
 */
import { type Action, ActionType, isCompound } from "./actions";
import { begin } from "./begin";
import type { Course } from "./course";
import { type History, played } from "./history";
import type { DecisionEvent, HistoryEvent } from "./history-event";
import {
  isFor,
  labelOf,
  labelOfEvent,
  type Request,
  type RequestLabel,
} from "./request";
import type { Limits } from "./limits";
import { Timeline } from "./timeline";

interface Asked {
  readonly id: number;
  readonly request: Request;
}

export interface Walk {
  /** Asked for the first time: to be decided now. */
  readonly fresh: readonly Asked[];
  /** How much has been asked for in all. */
  readonly count: number;
  readonly isOpen: boolean;
  /** Ids of timers that need not fire any more. */
  readonly cancelledTimers: readonly number[];
  readonly continueAsNew: { readonly input: unknown } | undefined;
  /** Why the execution cannot go on, as a sentence. */
  readonly problem: string | undefined;
}

/** `arrived` is the episode that is being run, after all those of the history. */
export function walk(
  actions: readonly Action[],
  history: History,
  arrived: readonly HistoryEvent[],
  { isOver, limits }: { readonly isOver: boolean; readonly limits: Limits },
): Walk {
  const timeline = new Timeline(history, isOver);
  const course: Course = { timeline, limits, begun: new Map(), locked: [] };
  const script = new Script(course, actions, history);
  for (const part of [history.played, arrived.flatMap(played)])
    for (const event of part) {
      if (typeof event === "number") script.enterEpisode(event);
      else if (timeline.play(event)) script.goOn();
    }
  script.finish();
  return result(course, history.decisions, actions);
}

/** The list of actions, and how far it has been played. */
class Script {
  readonly #course: Course;
  readonly #actions: readonly Action[];
  readonly #history: History;
  #episode = -1;
  #next = 0;
  #isSettled = true;
  /** In the last episode: how much had settled when it began with something that the function had not reached yet. */
  #heldAt: number | undefined;

  constructor(course: Course, actions: readonly Action[], history: History) {
    this.#course = course;
    this.#actions = actions;
    this.#history = history;
  }

  enterEpisode(at: number): void {
    const { timeline } = this.#course;
    timeline.now = Math.max(timeline.now, at);
    this.#episode += 1;
    // What could have begun in an earlier episode but did not was not reached then: something else must settle first.
    const isHeld =
      this.#isLast &&
      this.#episode > 0 &&
      this.#isSettled &&
      this.#next < this.#actions.length;
    this.#heldAt = isHeld ? timeline.settlements : undefined;
    this.goOn();
  }

  goOn(): void {
    while (this.#isSettled && this.#mayBegin(this.#actions[this.#next]))
      this.#beginNext();
  }

  /** What is listed has been reached, whatever the history lets one believe. */
  finish(): void {
    while (this.#next < this.#actions.length) this.#beginNext();
  }

  #beginNext(): void {
    const action = this.#actions[this.#next];
    if (action === undefined) return;
    this.#next += 1;
    this.#isSettled = false;
    const mine = this.#next;
    begin(this.#course, action, () => {
      if (this.#next === mine) this.#isSettled = true;
    });
  }

  /** The history has the episodes before the last one. */
  get #isLast(): boolean {
    return this.#episode === this.#history.episodes;
  }

  #mayBegin(action: Action | undefined): boolean {
    if (action === undefined) return false;
    if (!asksForSomething(action) || this.#course.begun.has(action))
      return true;
    const { timeline } = this.#course;
    const episode = this.#history.episodeOf.get(timeline.nextId);
    if (episode !== undefined) return episode === this.#episode;
    return (
      this.#isLast &&
      (this.#heldAt === undefined || timeline.settlements > this.#heldAt)
    );
  }
}

/** Whether the action takes an id as soon as it begins. */
const asksForSomething = (action: Action): boolean =>
  isCompound(action)
    ? action.compoundActions.some(asksForSomething)
    : action.actionType !== ActionType.WaitForExternalEvent &&
      action.actionType !== ActionType.ContinueAsNew;

function result(
  { timeline }: Course,
  recorded: ReadonlyMap<number, DecisionEvent>,
  actions: readonly Action[],
): Walk {
  const fresh: Asked[] = [];
  const pending: Asked[] = [];
  for (const [id, request] of timeline.requests) {
    if (!recorded.has(id)) fresh.push({ id, request });
    if (!timeline.settled.has(id)) pending.push({ id, request });
  }
  const last = actions.at(-1);
  return {
    fresh: fresh.sort((a, b) => a.id - b.id),
    isOpen: pending.some(({ request }) => holdsOpen(request)),
    cancelledTimers: pending
      .filter(({ request }) => request.kind === "timer" && request.isCancelled)
      .map(({ id }) => id),
    continueAsNew:
      last?.actionType === ActionType.ContinueAsNew
        ? { input: last.input }
        : undefined,
    count: timeline.requests.size,
    problem: nondeterminism(recorded, timeline.requests),
  };
}

function holdsOpen(request: Request): boolean {
  switch (request.kind) {
    case "activity":
    case "givenUp":
    case "http":
    case "child":
      return true;
    case "timer":
      return request.holdsOpen;
    default:
      return false;
  }
}

function nondeterminism(
  recorded: ReadonlyMap<number, DecisionEvent>,
  requests: ReadonlyMap<number, Request>,
): string | undefined {
  for (const [id, event] of recorded) {
    const request = requests.get(id);
    if (request && isFor(event, request)) continue;
    const instead = request
      ? `the current replay asks for a ${described(labelOf(request))} there`
      : "the current replay execution hasn't (yet?) scheduled this task";
    return (
      `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled a ${described(labelOfEvent(event))} ` +
      `with sequence ID ${id}, but ${instead}. Was the orchestrator's code changed while this instance was running?`
    );
  }
  return undefined;
}

const described = ({ kind, name }: RequestLabel): string =>
  name === "" ? kind : `${kind} with name '${name}'`;
