import type { InvocationOutcome } from "../../functions-host/core/extension";
import type { OrchestratorState } from "./actions";
import { extractStateJson } from "../model/failure";

/** The state that the function returned or threw; an error message when there is no state. */
export function parseOrchestratorState(
  outcome: InvocationOutcome,
): OrchestratorState | string {
  if (outcome.ok)
    return isOrchestratorState(outcome.result)
      ? outcome.result
      : "The function is not an orchestrator: it returned no state.";
  const text = extractStateJson(outcome.message);
  if (text === undefined) return outcome.message;
  const state: unknown = JSON.parse(text);
  return isOrchestratorState(state) ? state : outcome.message;
}

const isOrchestratorState = (value: unknown): value is OrchestratorState =>
  typeof value === "object" && value !== null && "actions" in value;
