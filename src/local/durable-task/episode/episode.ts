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
import type { InvocationOutcome } from "../../functions-host/extension";
import type { OrchestratorState } from "./actions";
import { carriedOver } from "./carried-over";
import { releases } from "./critical-section";
import { type Decision, decide, type World } from "./decide";
import { detailsInState, orchestratorFailure, stateInError } from "../failure";
import { valueText } from "../function-value";
import type { History } from "./history";
import {
  EventType,
  type FailureDetails,
  type HistoryEvent,
} from "../history-event";
import type { Instance } from "../instance";
import { startMessage } from "../message";
import type { Opening } from "./open-episode";
import { tooLargeFor } from "../payload-limit";
import { type Ending, ending, going, type Turn } from "./turn";
import { type Walk, Walker } from "./walk";

/** The turn of an episode that does not run the orchestrator function. */
export function restEpisode(
  { instance, arrived, next }: Opening,
  history: History,
): Turn {
  if (next !== "terminate") return going(instance, arrived, [], []);
  const reason = arrived.find(
    (event) => event.EventType === EventType.ExecutionTerminated,
  );
  const result = reason && "Input" in reason ? reason.Input : "";
  return ended(instance, arrived, history, [], {
    status: "Terminated",
    result,
    details: null,
  });
}

/**
 * The turn that follows from what the orchestrator function gave back. A `walker` that has been through the episodes
 * before has only this one to go through, and comes to the same.
 */
export function closeEpisode(
  { instance: before, arrived }: Opening,
  history: History,
  outcome: InvocationOutcome,
  world: World,
  walker = new Walker(history, world.limits),
): Turn {
  const fail = (reason: string): Turn =>
    ended(before, arrived, history, [], failure(before, reason, null));
  const state = stateOf(outcome);
  if (typeof state === "string") return fail(state);

  const walked = walkOf(state, history, arrived, outcome.ok, walker);
  const instance = { ...before, customStatus: valueText(state.customStatus) };
  const decisions = decisionsFor(walked, instance, world);
  if (typeof decisions === "string") return fail(decisions);

  const turn = going(instance, arrived, decisions, walked.cancelledTimers);
  if (walked.isOpen) return turn;
  const end = (how: Ending): Turn =>
    ended(instance, arrived, history, decisions, how);
  if (!outcome.ok) return end(thrown(instance, state));
  const left = leaving(state, walked);
  if (left === undefined) return turn;
  const tooLarge = tooLargeFor(world.maxPayloadBytes, left.what, left.value);
  if (tooLarge !== undefined) return fail(tooLarge);
  return walked.continueAsNew
    ? anew(turn, left.value, [...history.events, ...arrived], state, world)
    : end({ status: "Completed", result: left.value });
}

/** Or why the execution cannot go on, as a sentence. */
function decisionsFor(
  walked: Walk,
  instance: Instance,
  world: World,
): readonly Decision[] | string {
  const problem =
    walked.problem ??
    tooManyActions(walked, world) ??
    customStatusProblem(instance.customStatus);
  if (problem !== undefined) return problem;
  const decided = walked.fresh.map(({ id, request }) =>
    decide(id, request, instance, world),
  );
  const refused = decided.find((decision) => typeof decision === "string");
  return refused ?? decided.filter((decision) => typeof decision !== "string");
}

/** What an execution that comes to its end leaves: an input for the next one, or an output. */
function leaving(
  { isDone, output }: OrchestratorState,
  { continueAsNew }: Walk,
): { readonly what: string; readonly value: string | null } | undefined {
  if (continueAsNew)
    return {
      what: "The input for continue-as-new",
      value: nextInput(continueAsNew.input),
    };
  return isDone ? { what: "Its output", value: valueText(output) } : undefined;
}

/** The client library has made JSON text of a string already. */
const nextInput = (input: unknown): string | null =>
  typeof input === "string" ? input : valueText(input);

/** The function's state, or the message of a failure that left none. */
function stateOf(outcome: InvocationOutcome): OrchestratorState | string {
  if (outcome.ok)
    return isState(outcome.result)
      ? outcome.result
      : "The function is not an orchestrator: it gave back no state.";
  const text = stateInError(outcome.message);
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
  history: History,
  arrived: readonly HistoryEvent[],
  hasReturned: boolean,
  walker: Walker,
): Walk {
  const isOver = state.isDone || !hasReturned;
  const walked = walker.walk(state.actions[0] ?? [], arrived, isOver);
  if (hasReturned) return walked;
  const isCredible =
    walked.problem === undefined &&
    walked.fresh.every(({ request }) => isMessage(request.kind));
  if (isCredible) return walked;
  return {
    ...walked,
    fresh: [],
    problem: undefined,
    isOpen: isWaiting(history, arrived),
  };
}

const isMessage = (kind: string): boolean =>
  kind === "entity" || kind === "lock" || kind === "release";

/** Whether activities or children have not settled. */
function isWaiting(
  { decisions, settled }: History,
  arrived: readonly HistoryEvent[],
): boolean {
  const now = new Set(
    arrived.flatMap((event) =>
      "TaskScheduledId" in event ? [event.TaskScheduledId] : [],
    ),
  );
  return [...decisions.values()].some(
    ({ EventType: type, EventId }) =>
      (type === EventType.TaskScheduled ||
        type === EventType.SubOrchestrationInstanceCreated) &&
      !settled.has(EventId) &&
      !now.has(EventId),
  );
}

const tooManyActions = (
  { count }: Walk,
  { maxActions }: World,
): string | undefined =>
  count > maxActions
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
): Ending => ({
  status: "Failed",
  result: details
    ? `${details.ErrorType}: ${details.ErrorMessage}`
    : orchestratorFailure(name, reason),
  details,
});

/** Upstream leaves an orchestration running for ever when the error that it threw has no message. */
const thrown = (instance: Instance, state: OrchestratorState): Ending =>
  failure(
    instance,
    state.error === undefined || state.error === ""
      ? "It threw an error without a message."
      : state.error,
    detailsInState(state.failureDetails),
  );

/** An end sets free what the execution holds. */
function ended(
  instance: Instance,
  arrived: readonly HistoryEvent[],
  history: History,
  decisions: readonly Decision[],
  end: Ending,
): Turn {
  const turn = ending(instance, arrived, decisions, end);
  const freed = releases(instance.instanceId, [
    ...history.events,
    ...turn.events,
  ]);
  return { ...turn, outgoing: [...turn.outgoing, ...freed] };
}

function anew(
  turn: Turn,
  input: string | null,
  past: readonly HistoryEvent[],
  state: OrchestratorState,
  world: World,
): Turn {
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
    startsAnew: true,
    outgoing: [
      ...turn.outgoing,
      { to, message: startMessage(instance) },
      ...carriedOver(state.actions[0] ?? [], past).map((event) => ({
        to,
        message: { executionId: null, event },
      })),
    ],
  };
}
