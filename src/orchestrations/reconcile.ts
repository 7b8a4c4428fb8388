import type { OrchestrationSummary } from "../domain/history/orchestration-history";
import { isTerminalStatus } from "../domain/history/terminal-status";
import type { Claim } from "../storage/ports";
import { logCompletion } from "../telemetry/log/log-completion";
import { findInstance, type InstanceState } from "./task-hub";
import type { UseCaseContext } from "./use-case-context";

/**
 * Brings the summary in line with the task hub. An orchestration records its end itself, except if an operator
 * terminates it or it fails before it can.
 */
export async function reconcileWithHub(
  { summary }: Claim,
  { hub, storage, log }: Pick<UseCaseContext, "hub" | "storage" | "log">,
): Promise<OrchestrationSummary> {
  if (isTerminalStatus(summary.status)) return summary;
  const instance = await findInstance(hub, summary.id);
  const { state } = instance;
  if (state === "absent" || state === "active") return summary;
  if (state === "suspended") return { ...summary, status: state };
  if ("message" in instance) {
    const end = toSummaryEnd(instance);
    // The store does not change an end that the orchestration has recorded in the meantime.
    if (await storage.orchestrations.update(summary.id, end))
      logCompletion(log, {
        id: summary.id,
        workflow: summary.workflow,
        ...end,
      });
  }
  const latest = await storage.orchestrations.find(summary.id);
  return latest?.summary ?? summary;
}

type EndedInstance = Extract<InstanceState, { readonly message: string }>;

const toSummaryEnd = ({ state, message, endedAt }: EndedInstance) => ({
  status: state,
  endedAt,
  updatedAt: endedAt,
  error: { code: state === "failed" ? "internal_error" : state, message },
});
