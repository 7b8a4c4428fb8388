/**
 * The course of one execution so far, played back event by event: who has asked for what under which id, and what has
 * come of it. The numbering is the client library's own, which this follows exactly:
 *
 * T1. Ids are handed out in order, at the moment at which something is asked for, and never twice.
 * T2. A result for an id that nobody has asked for yet is kept until somebody does.
 * T3. An event goes to the latest wait for its name; one that nobody waits for is kept, and the oldest is taken first.
 */
import type { History } from "./history";
import {
  EventType,
  type HistoryEvent,
  type TaskFailure,
} from "../history-event";
import { OpenRequests } from "./open-requests";
import type { Request } from "./request";

/** What came of something that was asked for. */
export interface Outcome {
  readonly failure: TaskFailure | undefined;
  /** JSON text of the result, where there is one. */
  readonly result: string | null;
}
export type Listener = (outcome: Outcome) => void;

const nothing: Outcome = { failure: undefined, result: null };

export class Timeline {
  /** The replay-safe time at the event that is being played. */
  now = 0;
  /** Whether the function has returned, thrown or continued as new. */
  isOver = false;
  readonly requests = new Map<number, Request>();
  readonly open = new OpenRequests();
  readonly #history: History;
  #nextId = 0;
  #asked: number[] = [];
  readonly #tasks = new Map<number, Listener>();
  readonly #earlyTasks = new Map<number, Outcome>();
  readonly #answers = new Map<string, Listener>();
  /** Who waits for the answer to a message that the history does not have yet. */
  readonly #unsent = new Map<number, Listener>();
  readonly #waits = new Map<string, Listener[]>();
  readonly #unclaimed = new Map<string, Outcome[]>();
  readonly #settled = new Set<number>();
  /** How many events have settled something. */
  settlements = 0;

  /** The history may grow while the timeline lives. */
  constructor(history: History) {
    this.#history = history;
  }

  get nextId(): number {
    return this.#nextId;
  }

  isRecorded(id: number): boolean {
    return this.#history.decisions.has(id);
  }

  /** Takes an id without asking for anything yet. */
  reserve(): number {
    return this.#nextId++;
  }

  /** Asks under the next id, or under one that was reserved, and listens for what comes of it. */
  ask(request: Request, listener?: Listener, id = this.reserve()): number {
    this.requests.set(id, request);
    this.#asked.push(id);
    if (!this.#settled.has(id)) this.open.add(id, request);
    if (listener) this.#listen(id, listener);
    return id;
  }

  /**
   * Asks on behalf of something that was asked for before: for another attempt, for the rest of a long time. When the
   * function has returned nobody wants that any more; its id is taken all the same, because the client library took
   * it if there is anything that the function asked for afterwards.
   */
  askFurther(request: Request, listener: Listener, id = this.reserve()): void {
    if (!this.isOver || this.isRecorded(id)) this.ask(request, listener, id);
  }

  /** The ids under which something was asked for since this was last called. */
  takeAsked(): readonly number[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  /** Listens for the answer to a message that was sent under `id`; there is none before the message is in the history. */
  onAnswer(id: number, listener: Listener): void {
    const name = this.#history.requestIds.get(id);
    if (name === undefined) this.#unsent.set(id, listener);
    else this.#answers.set(name, listener);
  }

  /** Says that the history has got the decision under `id`. */
  onRecorded(id: number): void {
    const listener = this.#unsent.get(id);
    if (listener === undefined) return;
    this.#unsent.delete(id);
    this.onAnswer(id, listener);
  }

  onEvent(name: string, listener: Listener): void {
    const kept = this.#unclaimed.get(name);
    const oldest = kept?.shift();
    if (oldest !== undefined) {
      listener(oldest);
      return;
    }
    this.#waits.set(name, [...(this.#waits.get(name) ?? []), listener]);
  }

  /** Plays an event; true when it has settled something. */
  play(event: HistoryEvent): boolean {
    switch (event.EventType) {
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        return this.#settle(event.TaskScheduledId, {
          failure: undefined,
          result: event.Result,
        });
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        return this.#settle(event.TaskScheduledId, {
          failure: event,
          result: null,
        });
      case EventType.TimerFired:
        return this.#settle(event.TimerId, nothing);
      case EventType.EventRaised:
        return this.#raise(event.Name, {
          failure: undefined,
          result: event.Input,
        });
      default:
        return false;
    }
  }

  #settle(id: number, outcome: Outcome): boolean {
    this.#settled.add(id);
    this.open.remove(id);
    const listener = this.#tasks.get(id);
    if (listener === undefined) {
      this.#earlyTasks.set(id, outcome);
      return false;
    }
    this.#tasks.delete(id);
    return this.#tell(listener, outcome);
  }

  #raise(name: string, outcome: Outcome): boolean {
    const answer = this.#answers.get(name);
    if (answer) {
      this.#answers.delete(name);
      return this.#tell(answer, outcome);
    }
    const latest = this.#waits.get(name)?.pop();
    if (latest) return this.#tell(latest, outcome);
    const kept = this.#unclaimed.get(name) ?? [];
    this.#unclaimed.set(name, kept);
    kept.push(outcome);
    return false;
  }

  #tell(listener: Listener, outcome: Outcome): boolean {
    this.settlements += 1;
    listener(outcome);
    return true;
  }

  #listen(id: number, listener: Listener): void {
    const early = this.#earlyTasks.get(id);
    if (early === undefined) {
      this.#tasks.set(id, listener);
      return;
    }
    this.#earlyTasks.delete(id);
    listener(early);
  }
}
