import type { DecisionEvent } from "../model/history-event";
import {
  decisionLabel,
  matchesRequest,
  type RequestLabel,
  requestLabel,
  type TaskRequest,
} from "./task-request";

/** The first recorded decision that does not match the request with its id, as an error message. */
export function describeNondeterminism(
  recorded: readonly DecisionEvent[],
  requests: ReadonlyMap<number, TaskRequest>,
): string | undefined {
  for (const event of recorded) {
    const id = event.EventId;
    const request = requests.get(id);
    if (request && matchesRequest(event, request)) continue;
    const instead = request
      ? `the current replay schedules a ${describeLabel(requestLabel(request))} instead`
      : "the current replay execution hasn't (yet?) scheduled this task";
    return (
      `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled a ${describeLabel(decisionLabel(event))} ` +
      `with sequence ID ${id}, but ${instead}. Was the orchestrator's code changed while this instance was running?`
    );
  }
  return undefined;
}

const describeLabel = ({ kind, name }: RequestLabel): string =>
  name === "" ? kind : `${kind} with name '${name}'`;
