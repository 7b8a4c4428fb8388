/**
 * One episode of an orchestration, as a function of what is known: messages in (`openEpisode`), the orchestrator
 * function run over the history, and here its answer turned into events and effects.
 *
 * E1. Nothing happens outside before the turn is on disk: effects are data for whoever commits it.
 * E2. History, instance and outgoing messages of a turn are one commit: all of it happened, or none.
 * E3. Only what has no event yet is decided; what is in the history is confirmed, never done again.
 * E4. An execution ends only when nothing that it started can still report to it, except when it is terminated.
 * E5. An ended instance tells its parent, if it has one, in the commit that ends it.
 */
import type { InvocationOutcome } from "../../functions-host/core/extension";
import type { OrchestratorState } from "./actions";
import { findUnconsumedEvents } from "./unconsumed-events";
import { createLockReleases } from "./lock-releases";
import {
  type HubDecision,
  createDecision,
  type EpisodeContext,
} from "./decision";
import {
  toFailureDetails,
  orchestratorFailureMessage,
  extractStateJson,
} from "../model/failure";
import { toJsonOrNull } from "../model/function-value";
import type { ExecutionHistory } from "./execution-history";
import {
  EventType,
  type FailureDetails,
  type HistoryEvent,
} from "../model/history-event";
import type { Instance } from "../model/instance";
import { createStartMessage } from "../model/hub-message";
import type { EpisodeStart } from "./start-episode";
import { describeOversizedPayload } from "../model/payload-limit";
import {
  type ExecutionEnd,
  createFinalResult,
  createOngoingResult,
  type EpisodeResult,
} from "./episode-result";
import { type ReplayResult, Replayer } from "./replayer";

/** The turn of an episode that does not run the orchestrator function. */
export function completeEpisodeWithoutRun(
  { instance, newEvents, next }: EpisodeStart,
  history: ExecutionHistory,
): EpisodeResult {
  if (next !== "terminate")
    return createOngoingResult(instance, newEvents, [], []);
  const reason = newEvents.find(
    (event) => event.EventType === EventType.ExecutionTerminated,
  );
  const result = reason && "Input" in reason ? reason.Input : "";
  return ended(instance, newEvents, history, [], {
    status: "Terminated",
    result,
    details: null,
  });
}

/**
 * The turn that follows from what the orchestrator function gave back. A `walker` that has been through the episodes
 * before has only this one to go through, and comes to the same.
 */
export function completeEpisode(
  { instance: before, newEvents }: EpisodeStart,
  history: ExecutionHistory,
  outcome: InvocationOutcome,
  world: EpisodeContext,
  walker = new Replayer(history, world.limits),
): EpisodeResult {
  const fail = (reason: string): EpisodeResult =>
    ended(before, newEvents, history, [], failure(before, reason, null));
  const state = stateOf(outcome);
  if (typeof state === "string") return fail(state);

  const walked = walkOf(state, history, newEvents, outcome.ok, walker);
  const instance = {
    ...before,
    customStatus: toJsonOrNull(state.customStatus),
  };
  const decisions = decisionsFor(walked, instance, world);
  if (typeof decisions === "string") return fail(decisions);

  const turn = createOngoingResult(
    instance,
    newEvents,
    decisions,
    walked.cancelledTimers,
  );
  if (walked.isOpen) return turn;
  const end = (how: ExecutionEnd): EpisodeResult =>
    ended(instance, newEvents, history, decisions, how);
  if (!outcome.ok) return end(thrown(instance, state));
  const left = leaving(state, walked);
  if (left === undefined) return turn;
  const tooLarge = describeOversizedPayload(
    world.maxPayloadBytes,
    left.what,
    left.value,
  );
  if (tooLarge !== undefined) return fail(tooLarge);
  return walked.continueAsNew
    ? anew(turn, left.value, [...history.events, ...newEvents], state, world)
    : end({ status: "Completed", result: left.value });
}

/** Or why the execution cannot go on, as a sentence. */
function decisionsFor(
  walked: ReplayResult,
  instance: Instance,
  world: EpisodeContext,
): readonly HubDecision[] | string {
  const problem =
    walked.problem ??
    tooManyActions(walked, world) ??
    customStatusProblem(instance.customStatus);
  if (problem !== undefined) return problem;
  const decided = walked.newRequests.map(({ id, request }) =>
    createDecision(id, request, instance, world),
  );
  const refused = decided.find((decision) => typeof decision === "string");
  return refused ?? decided.filter((decision) => typeof decision !== "string");
}

/** What an execution that comes to its end leaves: an input for the next one, or an output. */
function leaving(
  { isDone, output }: OrchestratorState,
  { continueAsNew }: ReplayResult,
): { readonly what: string; readonly value: string | null } | undefined {
  if (continueAsNew)
    return {
      what: "The input for continue-as-new",
      value: nextInput(continueAsNew.input),
    };
  return isDone
    ? { what: "Its output", value: toJsonOrNull(output) }
    : undefined;
}

/** The client library has made JSON text of a string already. */
const nextInput = (input: unknown): string | null =>
  typeof input === "string" ? input : toJsonOrNull(input);

/** The function's state, or the message of a failure that left none. */
function stateOf(outcome: InvocationOutcome): OrchestratorState | string {
  if (outcome.ok)
    return isState(outcome.result)
      ? outcome.result
      : "The function is not an orchestrator: it gave back no state.";
  const text = extractStateJson(outcome.message);
  if (text === undefined) return outcome.message;
  const state: unknown = JSON.parse(text);
  return isState(state) ? state : outcome.message;
}

const isState = (value: unknown): value is OrchestratorState =>
  typeof value === "object" && value !== null && "actions" in value;

/**
 * A function that threw hands over its actions as text, in which a task that was listed twice looks like two. That shows
 * in actions that cannot be new; then only what the history has counts.
 */
function walkOf(
  state: OrchestratorState,
  history: ExecutionHistory,
  arrived: readonly HistoryEvent[],
  hasReturned: boolean,
  walker: Replayer,
): ReplayResult {
  const isOver = state.isDone || !hasReturned;
  const walked = walker.replay(state.actions[0] ?? [], arrived, isOver);
  if (hasReturned) return walked;
  const isCredible =
    walked.problem === undefined &&
    walked.newRequests.every(({ request }) => isMessage(request.kind));
  if (isCredible) return walked;
  return {
    ...walked,
    newRequests: [],
    problem: undefined,
    isOpen: isWaiting(history, arrived),
  };
}

const isMessage = (kind: string): boolean =>
  kind === "entity" || kind === "lock" || kind === "release";

/** Whether activities or children have not settled. */
function isWaiting(
  { decisionsById, settledIds }: ExecutionHistory,
  arrived: readonly HistoryEvent[],
): boolean {
  const now = new Set(
    arrived.flatMap((event) =>
      "TaskScheduledId" in event ? [event.TaskScheduledId] : [],
    ),
  );
  return [...decisionsById.values()].some(
    ({ EventType: type, EventId }) =>
      (type === EventType.TaskScheduled ||
        type === EventType.SubOrchestrationInstanceCreated) &&
      !settledIds.has(EventId) &&
      !now.has(EventId),
  );
}

const tooManyActions = (
  { requestCount }: ReplayResult,
  { maxActions }: EpisodeContext,
): string | undefined =>
  requestCount > maxActions
    ? `It asked for more than ${maxActions} actions. Continue as new before that, or raise maxOrchestrationActions in host.json.`
    : undefined;

/** UTF-16 bytes, as the extension counts them. */
const customStatusLimit = 16 * 1024;
const customStatusProblem = (text: string | null): string | undefined =>
  text !== null && text.length * 2 > customStatusLimit
    ? "The custom status is larger than 16 KB. Keep details elsewhere and only a short status here."
    : undefined;

const failure = (
  { name }: Instance,
  reason: string,
  details: FailureDetails | null,
): ExecutionEnd => ({
  status: "Failed",
  result: details
    ? `${details.ErrorType}: ${details.ErrorMessage}`
    : orchestratorFailureMessage(name, reason),
  details,
});

/** Upstream leaves an orchestration running for ever when the error that it threw has no message. */
const thrown = (instance: Instance, state: OrchestratorState): ExecutionEnd =>
  failure(
    instance,
    state.error === undefined || state.error === ""
      ? "It threw an error without a message."
      : state.error,
    toFailureDetails(state.failureDetails),
  );

/** An end sets free what the execution holds. */
function ended(
  instance: Instance,
  arrived: readonly HistoryEvent[],
  history: ExecutionHistory,
  decisions: readonly HubDecision[],
  end: ExecutionEnd,
): EpisodeResult {
  const turn = createFinalResult(instance, arrived, decisions, end);
  const freed = createLockReleases(instance.instanceId, [
    ...history.events,
    ...turn.events,
  ]);
  return { ...turn, outgoing: [...turn.outgoing, ...freed] };
}

function anew(
  turn: EpisodeResult,
  input: string | null,
  past: readonly HistoryEvent[],
  state: OrchestratorState,
  world: EpisodeContext,
): EpisodeResult {
  const instance: Instance = {
    ...turn.instance,
    executionId: world.newId(),
    input,
  };
  const to = instance.instanceId;
  return {
    ...turn,
    instance,
    events: [],
    continuesAsNew: true,
    outgoing: [
      ...turn.outgoing,
      { to, message: createStartMessage(instance) },
      ...findUnconsumedEvents(state.actions[0] ?? [], past).map((event) => ({
        to,
        message: { executionId: null, event },
      })),
    ],
  };
}
