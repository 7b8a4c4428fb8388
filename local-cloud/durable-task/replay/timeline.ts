/**
 * The requests and outcomes of one execution, replayed event by event. Ids are assigned exactly as the client library
 * assigns them:
 *
 * T1. Ids are assigned in order, at the time of the request, and never twice.
 * T2. An outcome for an id without a request is kept until the request is made.
 * T3. An external event goes to the latest wait for its name. Events without a wait are kept and consumed oldest first.
 */
import type { ExecutionHistory } from "./execution-history";
import {
  EventType,
  type HistoryEvent,
  type TaskFailure,
} from "../model/history-event";
import { OpenRequests } from "./open-requests";
import type { TaskRequest } from "./task-request";

export interface TaskOutcome {
  readonly failure: TaskFailure | undefined;
  /** JSON text. */
  readonly result: string | null;
}
export type OutcomeListener = (outcome: TaskOutcome) => void;

const noResult: TaskOutcome = { failure: undefined, result: null };

export class Timeline {
  /** The replay-safe time of the current event, in milliseconds since the epoch. */
  now = 0;
  /** Whether the function has returned, thrown or continued as new. */
  isFunctionFinished = false;
  readonly requests = new Map<number, TaskRequest>();
  readonly openRequests = new OpenRequests();
  /** Number of events that settled a task, a timer, an entity call or a wait. */
  settledCount = 0;
  readonly #history: ExecutionHistory;
  #nextId = 0;
  #requestedIds: number[] = [];
  readonly #settledIds = new Set<number>();
  readonly #taskListeners = new Map<number, OutcomeListener>();
  /** Outcomes that were recorded before their request (T2). */
  readonly #earlyOutcomes = new Map<number, TaskOutcome>();
  readonly #responseListeners = new Map<string, OutcomeListener>();
  /** Listeners for responses to messages that are not in the history yet, by event id. */
  readonly #unsentListeners = new Map<number, OutcomeListener>();
  readonly #eventWaits = new Map<string, OutcomeListener[]>();
  readonly #unconsumedEvents = new Map<string, TaskOutcome[]>();

  /** Events may be appended to `history` later. */
  constructor(history: ExecutionHistory) {
    this.#history = history;
  }

  get nextId(): number {
    return this.#nextId;
  }

  isRecorded(id: number): boolean {
    return this.#history.decisionsById.has(id);
  }

  reserveId(): number {
    return this.#nextId++;
  }

  addRequest(
    request: TaskRequest,
    listener?: OutcomeListener,
    id = this.reserveId(),
  ): number {
    this.requests.set(id, request);
    this.#requestedIds.push(id);
    if (!this.#settledIds.has(id)) this.openRequests.add(id, request);
    if (listener) this.#listenForOutcome(id, listener);
    return id;
  }

  /**
   * Adds a request that follows from an earlier one: a retry, or the next interval of a long timer. When the function has
   * returned, the request is omitted and its id stays reserved, as in the client library.
   */
  addFollowUpRequest(
    request: TaskRequest,
    listener: OutcomeListener,
    id = this.reserveId(),
  ): void {
    if (!this.isFunctionFinished || this.isRecorded(id))
      this.addRequest(request, listener, id);
  }

  /** The ids of the requests that were added since the previous call. */
  takeRequestedIds(): readonly number[] {
    const ids = this.#requestedIds;
    this.#requestedIds = [];
    return ids;
  }

  /** Listens for the response to the entity message with this event id. */
  onEntityResponse(id: number, listener: OutcomeListener): void {
    const responseName = this.#history.requestIds.get(id);
    if (responseName === undefined) this.#unsentListeners.set(id, listener);
    else this.#responseListeners.set(responseName, listener);
  }

  /** Call this when the history contains the decision with this id. */
  markRecorded(id: number): void {
    const listener = this.#unsentListeners.get(id);
    if (listener === undefined) return;
    this.#unsentListeners.delete(id);
    this.onEntityResponse(id, listener);
  }

  onExternalEvent(name: string, listener: OutcomeListener): void {
    const oldest = this.#unconsumedEvents.get(name)?.shift();
    if (oldest !== undefined) {
      listener(oldest);
      return;
    }
    this.#eventWaits.set(name, [
      ...(this.#eventWaits.get(name) ?? []),
      listener,
    ]);
  }

  /** Applies an event; true when it has settled a request or a wait. */
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
        return this.#settle(event.TimerId, noResult);
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
    this.#settledIds.add(id);
    this.openRequests.remove(id);
    const listener = this.#taskListeners.get(id);
    if (listener === undefined) {
      this.#earlyOutcomes.set(id, outcome);
      return false;
    }
    this.#taskListeners.delete(id);
    return this.#notify(listener, outcome);
  }

  #raise(name: string, outcome: TaskOutcome): boolean {
    const responseListener = this.#responseListeners.get(name);
    if (responseListener) {
      this.#responseListeners.delete(name);
      return this.#notify(responseListener, outcome);
    }
    const latestWait = this.#eventWaits.get(name)?.pop();
    if (latestWait) return this.#notify(latestWait, outcome);
    const unconsumed = this.#unconsumedEvents.get(name) ?? [];
    this.#unconsumedEvents.set(name, unconsumed);
    unconsumed.push(outcome);
    return false;
  }

  #notify(listener: OutcomeListener, outcome: TaskOutcome): boolean {
    this.settledCount += 1;
    listener(outcome);
    return true;
  }

  #listenForOutcome(id: number, listener: OutcomeListener): void {
    const early = this.#earlyOutcomes.get(id);
    if (early === undefined) {
      this.#taskListeners.set(id, listener);
      return;
    }
    this.#earlyOutcomes.delete(id);
    listener(early);
  }
}
