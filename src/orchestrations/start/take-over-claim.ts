import type { Claim } from "../../storage/ports";
import { logEvent } from "../../telemetry/log/log-event";
import { countTakeover } from "../../telemetry/metrics/instruments";
import type { UseCaseContext } from "../use-case-context";

/**
 * `starter_died`: the process that held the claim stopped before it started the orchestration. `turn_came`: the
 * orchestration became the head of its session queue; this is normal and not logged. `platform_failed`: the orchestration
 * starts again as `resumption`.
 */
type TakeOverReason = "starter_died" | "turn_came" | "platform_failed";

/** Returns false if another process has already taken over the claim. */
export async function takeOverClaim(
  claim: Claim,
  takenAt: Date,
  reason: TakeOverReason,
  { storage, hub, by, log }: Omit<UseCaseContext, "now">,
  resumption?: number,
): Promise<boolean> {
  const change = {
    claimedAt: takenAt.toISOString(),
    taskHub: hub.taskHubName,
    ...(resumption !== undefined && { resumption }),
  };
  if (!(await storage.orchestrations.takeOver(claim, change))) return false;
  countTakeover(reason, by);
  const orchestrationId = claim.summary.id;
  if (reason === "starter_died")
    logEvent(log, "claim.taken_over", { orchestrationId, reason, by });
  if (reason === "platform_failed")
    logEvent(log, "orchestration.resumed", { orchestrationId, resumption, by });
  return true;
}
