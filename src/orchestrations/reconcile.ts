/**
 * Brings the summary in line with the hub. An orchestration writes its own end before it ends; one that is terminated
 * by an operator, or fails before it could write, cannot.
 */
import type { Claim } from "../storage/ports";
import type { OrchestrationSummary } from "../domain/history/orchestration-history";
import { logCompletion } from "../telemetry/log/log-completion";
import { findInstance, type InstanceState } from "./task-hub";
import { isTerminalStatus } from "../domain/history/terminal-status";
import type { UseCaseContext } from "./use-case-context";

export async function reconcileWithHub(
  claim: Claim,
  { hub, storage, log }: Pick<UseCaseContext, "hub" | "storage" | "log">,
): Promise<OrchestrationSummary> {
  const { summary } = claim;
  if (isTerminalStatus(summary.status)) return summary;
  const instance = await findInstance(hub, summary.id);
  const { state } = instance;
  if (state === "absent" || state === "active") return summary;
  if (state === "suspended") return { ...summary, status: state };
  // The store keeps an end that was written in the meantime, so this can only fill a gap.
  if ("message" in instance) {
    const end = endOf(instance);
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

type Broken = Extract<InstanceState, { readonly message: string }>;

const endOf = ({ state, message, endedAt }: Broken) => ({
  status: state,
  endedAt,
  updatedAt: endedAt,
  error: { code: state === "failed" ? "internal_error" : state, message },
});
