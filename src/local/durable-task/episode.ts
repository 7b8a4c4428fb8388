/**
 * One episode of an orchestration, as a function of what is known: messages in (`openEpisode`), the orchestrator
 * function run over the whole history, and here its answer turned into events and effects.
 *
 * E1. Nothing happens outside before the turn is on disk: effects are data for whoever commits it.
 * E2. History, instance and outgoing messages of a turn are one commit: all of it happened, or none.
 * E3. Only what has no event yet is decided; what is in the history is confirmed, never done again.
 * E4. An execution ends only when nothing that it started can still report to it, except when it is terminated.
 * E5. An ended instance tells its parent, if it has one, in the commit that ends it.
 */
import type { InvocationOutcome } from "../functions-host/extension";
import type { OrchestratorState } from "./actions";
import { carriedOver } from "./carried-over";
import { type Decision, decide, type World } from "./decide";
import { detailsInState, orchestratorFailure, stateInError } from "./failure";
import { resultText, valueText } from "./function-value";
import {
  EventType,
  type FailureDetails,
  type HistoryEvent,
} from "./history-event";
import type { Instance } from "./instance";
import { startMessage } from "./message";
import type { Opening } from "./open-episode";
import { ending, going, type Turn } from "./turn";
import { walk } from "./walk";

/** The turn of an episode that does not run the orchestrator function. */
export function restEpisode({ instance, arrived, next }: Opening): Turn {
  if (next === "terminate") {
    const reason = arrived.find(
      (event) => event.EventType === EventType.ExecutionTerminated,
    );
    const result = reason && "Input" in reason ? reason.Input : "";
    return ending(instance, arrived, [], {
      status: "Terminated",
      result,
      details: null,
    });
  }
  return going(instance, arrived, [], []);
}

/** The turn that follows from what the orchestrator function gave back. */
export function closeEpisode(
  { instance: before, arrived }: Opening,
  history: readonly HistoryEvent[],
  outcome: InvocationOutcome,
  world: World,
): Turn {
  const state = stateOf(outcome);
  const fail = (reason: string, details: FailureDetails | null = null): Turn =>
    ending(before, arrived, [], {
      status: "Failed",
      result: details
        ? `${details.ErrorType}: ${details.ErrorMessage}`
        : orchestratorFailure(before.name, reason),
      details,
    });
  if (typeof state === "string") return fail(state);

  const past = [...history, ...arrived];
  const walked = walk(state.actions[0] ?? [], past);
  const customStatus = valueText(state.customStatus);
  const problem = walked.problem ?? customStatusProblem(customStatus);
  if (problem !== undefined) return fail(problem);

  const instance = { ...before, customStatus };
  const decided = walked.fresh.map(({ id, action }) =>
    decide(id, action, instance, world),
  );
  const refused = decided.find((decision) => typeof decision === "string");
  if (refused !== undefined) return fail(refused);
  const decisions = decided.filter((decision) => typeof decision !== "string");

  const turn = going(instance, arrived, decisions, walked.cancelledTimers);
  if (walked.isOpen) return turn;
  if (!outcome.ok) return failed(instance, arrived, decisions, state);
  if (walked.continueAsNew)
    return anew(turn, walked.continueAsNew.input, past, state, world);
  if (!state.isDone) return turn;
  return ending(instance, arrived, decisions, {
    status: "Completed",
    result: valueText(state.output),
  });
}

/** The function's state, or the message of a failure that left none. */
function stateOf(outcome: InvocationOutcome): OrchestratorState | string {
  const text = outcome.ok
    ? resultText(outcome.returnValue)
    : stateInError(outcome.message);
  if (text === undefined)
    return outcome.ok ? "The function returned nothing." : outcome.message;
  const state = JSON.parse(text ?? "null") as OrchestratorState | null;
  return state ?? "The function is not an orchestrator: it returned nothing.";
}

/** UTF-16 bytes, as the extension counts them. */
const customStatusLimit = 16 * 1024;
const customStatusProblem = (text: string | null): string | undefined =>
  text !== null && text.length * 2 > customStatusLimit
    ? "The custom status is larger than 16 KB. Keep details elsewhere and only a short status here."
    : undefined;

function failed(
  instance: Instance,
  arrived: readonly HistoryEvent[],
  decisions: readonly Decision[],
  state: OrchestratorState,
): Turn {
  const details = detailsInState(state.failureDetails);
  // Upstream leaves an orchestration running for ever when the error that it threw has no message.
  const reason = state.error ?? "";
  return ending(instance, arrived, decisions, {
    status: "Failed",
    result: details
      ? `${details.ErrorType}: ${details.ErrorMessage}`
      : orchestratorFailure(
          instance.name,
          reason === "" ? "It threw an error without a message." : reason,
        ),
    details,
  });
}

function anew(
  turn: Turn,
  input: unknown,
  past: readonly HistoryEvent[],
  state: OrchestratorState,
  world: World,
): Turn {
  const instance: Instance = {
    ...turn.instance,
    executionId: world.newId(),
    // The client library has made JSON text of a string already.
    input: typeof input === "string" ? input : valueText(input),
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
