/**
 * The course of one execution so far, played back event by event: who has asked for what under which id, and what has
 * come of it. The numbering is the client library's own, which this follows exactly:
 *
 * T1. Ids are handed out in order, at the moment at which something is asked for, and never twice.
 * T2. A result for an id that nobody has asked for yet is kept until somebody does.
 * T3. An event goes to the latest wait for its name; one that nobody waits for is kept, and the oldest is taken first.
 */
import type { ExecutionHistory } from "./execution-history";
import {
  EventType,
  type HistoryEvent,
  type TaskFailure,
} from "../model/history-event";
import { OpenRequests } from "./open-requests";
import type { TaskRequest } from "./task-request";

/** What came of something that was asked for. */
export interface TaskOutcome {
  readonly failure: TaskFailure | undefined;
  /** JSON text of the result, where there is one. */
  readonly result: string | null;
}
export type OutcomeListener = (outcome: TaskOutcome) => void;

const nothing: TaskOutcome = { failure: undefined, result: null };

export class Timeline {
  /** The replay-safe time at the event that is being played. */
  now = 0;
  /** Whether the function has returned, thrown or continued as new. */
  isFunctionFinished = false;
  readonly requests = new Map<number, TaskRequest>();
  readonly openRequests = new OpenRequests();
  readonly #history: ExecutionHistory;
  #nextId = 0;
  #asked: number[] = [];
  readonly #tasks = new Map<number, OutcomeListener>();
  readonly #earlyTasks = new Map<number, TaskOutcome>();
  readonly #answers = new Map<string, OutcomeListener>();
  /** Who waits for the answer to a message that the history does not have yet. */
  readonly #unsent = new Map<number, OutcomeListener>();
  readonly #waits = new Map<string, OutcomeListener[]>();
  readonly #unclaimed = new Map<string, TaskOutcome[]>();
  readonly #settled = new Set<number>();
  /** How many events have settled something. */
  settledCount = 0;

  /** The history may grow while the timeline lives. */
  constructor(history: ExecutionHistory) {
    this.#history = history;
  }

  get nextId(): number {
    return this.#nextId;
  }

  isRecorded(id: number): boolean {
    return this.#history.decisionsById.has(id);
  }

  /** Takes an id without asking for anything yet. */
  reserveId(): number {
    return this.#nextId++;
  }

  /** Asks under the next id, or under one that was reserved, and listens for what comes of it. */
  addRequest(
    request: TaskRequest,
    listener?: OutcomeListener,
    id = this.reserveId(),
  ): number {
    this.requests.set(id, request);
    this.#asked.push(id);
    if (!this.#settled.has(id)) this.openRequests.add(id, request);
    if (listener) this.#listen(id, listener);
    return id;
  }

  /**
   * Asks on behalf of something that was asked for before: for another attempt, for the rest of a long time. When the
   * function has returned nobody wants that any more; its id is taken all the same, because the client library took
   * it if there is anything that the function asked for afterwards.
   */
  addFollowUpRequest(
    request: TaskRequest,
    listener: OutcomeListener,
    id = this.reserveId(),
  ): void {
    if (!this.isFunctionFinished || this.isRecorded(id))
      this.addRequest(request, listener, id);
  }

  /** The ids under which something was asked for since this was last called. */
  takeRequestedIds(): readonly number[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  /** Listens for the answer to a message that was sent under `id`; there is none before the message is in the history. */
  onEntityResponse(id: number, listener: OutcomeListener): void {
    const name = this.#history.requestIds.get(id);
    if (name === undefined) this.#unsent.set(id, listener);
    else this.#answers.set(name, listener);
  }

  /** Says that the history has got the decision under `id`. */
  markRecorded(id: number): void {
    const listener = this.#unsent.get(id);
    if (listener === undefined) return;
    this.#unsent.delete(id);
    this.onEntityResponse(id, listener);
  }

  onExternalEvent(name: string, listener: OutcomeListener): void {
    const kept = this.#unclaimed.get(name);
    const oldest = kept?.shift();
    if (oldest !== undefined) {
      listener(oldest);
      return;
    }
    this.#waits.set(name, [...(this.#waits.get(name) ?? []), listener]);
  }

  /** Plays an event; true when it has settled something. */
  apply(event: HistoryEvent): boolean {
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

  #settle(id: number, outcome: TaskOutcome): boolean {
    this.#settled.add(id);
    this.openRequests.remove(id);
    const listener = this.#tasks.get(id);
    if (listener === undefined) {
      this.#earlyTasks.set(id, outcome);
      return false;
    }
    this.#tasks.delete(id);
    return this.#tell(listener, outcome);
  }

  #raise(name: string, outcome: TaskOutcome): boolean {
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

  #tell(listener: OutcomeListener, outcome: TaskOutcome): boolean {
    this.settledCount += 1;
    listener(outcome);
    return true;
  }

  #listen(id: number, listener: OutcomeListener): void {
    const early = this.#earlyTasks.get(id);
    if (early === undefined) {
      this.#tasks.set(id, listener);
      return;
    }
    this.#earlyTasks.delete(id);
    listener(early);
  }
}
