import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import type { Claim } from "../../storage/ports";
import { logEvent, toErrorCode } from "../../telemetry/log/log-event";
import { findInstance, type InstanceState } from "../task-hub";
import { decideEnd, type EndDecision } from "./end-rules";
import { resumeOrchestration } from "./resume-orchestration";
import {
  settleOrchestration,
  type SettlementContext,
} from "./settle-orchestration";

/**
 * Brings the summary in line with the task hub. An orchestration records its end itself, except if the hub ends it. Work
 * that fails is logged, and left to the next sweep.
 */
export async function reconcileWithHub(
  claim: Claim,
  context: SettlementContext,
): Promise<OrchestrationSummary> {
  const { hub, storage, log } = context;
  const { summary } = claim;
  if (isTerminalStatus(summary.status)) return summary;
  const instance = await findInstanceOf(claim, hub);
  if (instance.state === "active") return summary;
  if (instance.state === "suspended")
    return { ...summary, status: instance.state };
  await applyHubState(claim, instance, context).catch((error: unknown) => {
    logEndLeft(log, summary.id, error);
  });
  const latest = await storage.orchestrations.find(summary.id);
  return latest?.summary ?? summary;
}

/** The applied decision, or `changed` if another process has changed the row, so that a new decision is necessary. */
export type EndOutcome = EndDecision["kind"] | "changed";

export const settleWithHub = async (
  claim: Claim,
  context: SettlementContext,
): Promise<EndOutcome> =>
  applyHubState(claim, await findInstanceOf(claim, context.hub), context);

export const logEndLeft = (
  log: SettlementContext["log"],
  orchestrationId: string,
  error: unknown,
): void => {
  logEvent(log, "end.left", { orchestrationId, code: toErrorCode(error) });
};

const findInstanceOf = (
  { summary: { id }, resumption = 0 }: Claim,
  hub: SettlementContext["hub"],
): Promise<InstanceState> => findInstance(hub, id, resumption > 0);

async function applyHubState(
  claim: Claim,
  instance: InstanceState,
  context: SettlementContext,
): Promise<EndOutcome> {
  const decision = decideEnd(claim, instance, context.now());
  if (decision.kind === "resume")
    await resumeOrchestration(claim, decision, context);
  if (decision.kind === "settle")
    if (!(await settleOrchestration(claim, decision.end, context)))
      return "changed";
  return decision.kind;
}
