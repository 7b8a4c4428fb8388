import type { Claim } from "../../storage/ports";
import { logEvent } from "../../telemetry/log/log-event";
import { countTakeover } from "../../telemetry/metrics/instruments";
import type { UseCaseContext } from "../use-case-context";

/** The holder of the claim died, or the orchestration became the head of its session queue, which is not a fault. */
type TakeOverReason = "starter_died" | "turn_came";

/** Returns false if another process took the claim over first. */
export async function takeOverClaim(
  claim: Claim,
  takenAt: Date,
  reason: TakeOverReason,
  { storage, by, log }: Pick<UseCaseContext, "storage" | "by" | "log">,
): Promise<boolean> {
  if (!(await storage.orchestrations.takeOver(claim, takenAt))) return false;
  countTakeover(reason, by);
  if (reason === "starter_died")
    logEvent(log, "claim.taken_over", {
      orchestrationId: claim.summary.id,
      reason,
      by,
    });
  return true;
}
