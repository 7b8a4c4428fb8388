/**
 * The second half of an episode, as a pure function: turns the state that the orchestrator function returned into events
 * and effects. `startEpisode` is the first half.
 *
 * E1. Effects are returned as data. The caller executes them after the episode's commit is durable.
 * E2. The history, the instance and the outgoing messages of an episode are one commit.
 * E3. Decisions are created only for requests without a recorded event. Recorded decisions are compared with the requests.
 * E4. An execution ends when its function has returned or thrown and it is no longer open (R3 of the replayer). A termination
 *     or an error found by the hub ends it immediately.
 * E5. The commit that ends an instance contains the completion message to its parent.
 */
import type { InvocationOutcome } from "../../functions-host/core/extension";
import type { OrchestratorState } from "./actions";
import { continueAsNew } from "./continue-as-new";
import { createDecision } from "./create-decision";
import type { EpisodeContext, HubDecision } from "./decision";
import {
  createFinalResult,
  createOngoingResult,
  type EpisodeResult,
  type ExecutionEnd,
} from "./episode-result";
import type { ExecutionHistory } from "./execution-history";
import { orchestratorFailureMessage, toFailureDetails } from "../model/failure";
import { toJsonOrNull } from "../model/function-value";
import {
  EventType,
  type FailureDetails,
  type HistoryEvent,
} from "../model/history-event";
import type { Instance } from "../model/instance";
import { describeOversizedPayload } from "../model/payload-limit";
import { createLockReleases } from "./lock-releases";
import { parseOrchestratorState } from "./orchestrator-state";
import { type ReplayResult, Replayer } from "./replayer";
import { replayState } from "./replay-state";
import type { EpisodeStart } from "./start-episode";

/** The result of an episode that does not run the orchestrator function. */
export function completeEpisodeWithoutRun(
  { instance, newEvents, next }: EpisodeStart,
  history: ExecutionHistory,
): EpisodeResult {
  if (next !== "terminate")
    return createOngoingResult(instance, newEvents, [], []);
  const terminated = newEvents.find(
    (event) => event.EventType === EventType.ExecutionTerminated,
  );
  const result = terminated && "Input" in terminated ? terminated.Input : null;
  return endExecution(instance, newEvents, history, [], {
    status: "Terminated",
    result,
    details: null,
  });
}

/**
 * The result of an episode that ran the orchestrator function. If `replayer` has replayed the earlier episodes,
 * it replays only this episode, with the same result.
 */
export function completeEpisode(
  { instance: before, newEvents }: EpisodeStart,
  history: ExecutionHistory,
  outcome: InvocationOutcome,
  context: EpisodeContext,
  replayer = new Replayer(history, context.limits),
): EpisodeResult {
  const fail = (reason: string): EpisodeResult =>
    endExecution(
      before,
      newEvents,
      history,
      [],
      toFailure(before, reason, null),
    );
  const state = parseOrchestratorState(outcome);
  if (typeof state === "string") return fail(state);

  const replay = replayState(state, history, newEvents, outcome.ok, replayer);
  const instance = withCustomStatus(before, history, state);
  const decisions = createDecisions(replay, instance, context);
  if ("status" in decisions)
    return endExecution(before, newEvents, history, [], decisions);

  const ongoing = createOngoingResult(
    instance,
    newEvents,
    decisions,
    replay.cancelledTimers,
  );
  if (replay.isOpen) return ongoing;
  const end = (executionEnd: ExecutionEnd): EpisodeResult =>
    endExecution(instance, newEvents, history, decisions, executionEnd);
  if (!outcome.ok) return end(toThrownFailure(instance, state));
  const final = findFinalValue(state, replay);
  if (final === undefined) return ongoing;
  const problem = describeOversizedPayload(
    context.maxPayloadBytes,
    final.description,
    final.value,
  );
  if (problem !== undefined) return fail(problem);
  return replay.continueAsNew
    ? continueAsNew(
        ongoing,
        final.value,
        [...history.events, ...ongoing.events],
        state,
        context,
      )
    : end({ status: "Completed", result: final.value });
}

/** The first episode of an execution keeps the status of the execution before continue-as-new. */
function withCustomStatus(
  before: Instance,
  history: ExecutionHistory,
  { customStatus }: OrchestratorState,
): Instance {
  const inherited = history.events.length === 0 ? before.customStatus : null;
  return { ...before, customStatus: toJsonOrNull(customStatus) ?? inherited };
}

/** The decisions for all new requests, or the failure that ends the execution. */
function createDecisions(
  replay: ReplayResult,
  instance: Instance,
  context: EpisodeContext,
): readonly HubDecision[] | ExecutionEnd {
  // As on Azure, without the name of the function.
  if (replay.problem !== undefined)
    return { status: "Failed", result: replay.problem, details: null };
  const problem =
    describeTooManyActions(replay, context) ??
    describeOversizedCustomStatus(instance.customStatus);
  if (problem !== undefined) return toFailure(instance, problem, null);
  const decisions: HubDecision[] = [];
  for (const { id, request } of replay.newRequests) {
    const decision = createDecision(id, request, instance, context);
    if (typeof decision === "string")
      return toFailure(instance, decision, null);
    decisions.push(decision);
  }
  return decisions;
}

interface FinalValue {
  /** The subject of the error message when the value is too large. */
  readonly description: string;
  readonly value: string | null;
}

/** The input of the next execution, or the output; undefined while the function is waiting. */
function findFinalValue(
  { isDone, output }: OrchestratorState,
  { continueAsNew: next }: ReplayResult,
): FinalValue | undefined {
  if (next)
    return {
      description: "The input for continue-as-new",
      // The client library has already converted a string to JSON text.
      value:
        typeof next.input === "string" ? next.input : toJsonOrNull(next.input),
    };
  return isDone
    ? { description: "Its output", value: toJsonOrNull(output) }
    : undefined;
}

const describeTooManyActions = (
  { requestCount }: ReplayResult,
  { maxActions }: EpisodeContext,
): string | undefined =>
  requestCount > maxActions
    ? `It scheduled more than ${maxActions} actions. Call continueAsNew earlier, or raise maxOrchestrationActions in host.json.`
    : undefined;

/** In UTF-16 bytes, as counted by the Durable Task extension. */
const customStatusLimit = 16 * 1024;
const describeOversizedCustomStatus = (
  text: string | null,
): string | undefined =>
  text !== null && text.length * 2 > customStatusLimit
    ? "The custom status is larger than 16 KB. Store details elsewhere and keep the status short."
    : undefined;

const toFailure = (
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

/** Azure fails such an instance too, with the state of the function as the message. */
const toThrownFailure = (
  instance: Instance,
  state: OrchestratorState,
): ExecutionEnd =>
  toFailure(
    instance,
    state.error === undefined || state.error === ""
      ? "It threw an error without a message."
      : state.error,
    toFailureDetails(state.failureDetails),
  );

/** Ends the execution and releases its locks. */
function endExecution(
  instance: Instance,
  newEvents: readonly HistoryEvent[],
  history: ExecutionHistory,
  decisions: readonly HubDecision[],
  end: ExecutionEnd,
): EpisodeResult {
  const result = createFinalResult(instance, newEvents, decisions, end);
  const releases = createLockReleases(instance.instanceId, [
    ...history.events,
    ...result.events,
  ]);
  return { ...result, outgoing: [...result.outgoing, ...releases] };
}
