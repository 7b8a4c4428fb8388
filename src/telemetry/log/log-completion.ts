/** Called only by the process that writes the final state, so that each end is logged and counted once. */
import type { Failure } from "../../domain/errors";
import type {
  OrchestrationEvent,
  OrchestrationStatus,
} from "../../domain/history/orchestration-history";
import { countFailure } from "../metrics/instruments";
import { type Log, logEvent } from "./log-event";
import { readStringField } from "../untyped-fields";

interface OrchestrationEnd {
  readonly id: string;
  readonly workflow: string | undefined;
  readonly status: OrchestrationStatus;
  readonly error?: Failure;
}

/** A termination is not a failure. */
export function logCompletion(
  log: Log,
  { id, workflow, status, error }: OrchestrationEnd,
): void {
  const orchestrationId = id;
  if (status === "completed")
    logEvent(log, "orchestration.completed", { orchestrationId, workflow });
  if (status === "terminated")
    logEvent(log, "orchestration.terminated", { orchestrationId, workflow });
  if (status !== "failed") return;
  const code = error?.code ?? "internal_error";
  countFailure(workflow, code);
  logEvent(log, "orchestration.failed", { orchestrationId, workflow, code });
}

/** `added` contains the events that did not exist before the write. */
export function logFailedSteps(
  log: Log,
  orchestrationId: string,
  added: readonly OrchestrationEvent[],
): void {
  for (const { type, stepId, data } of added)
    if (type === "step.failed")
      logEvent(log, "step.failed", {
        orchestrationId,
        stepId,
        agent: readStringField(data, "agent"),
        code: readStringField(data?.["error"], "code"),
      });
}
