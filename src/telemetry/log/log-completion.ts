/** Ends of steps and of orchestrations. Each is told once: by whoever was the first to write it. */
import type { Failure } from "../../domain/errors";
import type {
  OrchestrationEvent,
  OrchestrationStatus,
} from "../../domain/history/orchestration-history";
import { countFailure } from "../metrics/instruments";
import { type Log, logEvent } from "./log-event";
import { readStringField } from "../untyped-fields";

interface End {
  readonly id: string;
  /** Undefined for one that an earlier version of AOS started. */
  readonly workflow: string | undefined;
  readonly status: OrchestrationStatus;
  readonly error?: Failure;
}

/** One that an operator terminated has not failed, and is told by the host. */
export function logCompletion(
  log: Log,
  { id, workflow, status, error }: End,
): void {
  const orchestrationId = id;
  if (status === "completed")
    logEvent(log, "orchestration.completed", { orchestrationId, workflow });
  if (status !== "failed") return;
  const code = error?.code ?? "internal_error";
  countFailure(workflow, code);
  logEvent(log, "orchestration.failed", { orchestrationId, workflow, code });
}

/** `added`: the rows that were not there before. */
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
