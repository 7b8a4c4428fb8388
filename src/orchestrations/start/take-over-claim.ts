import type { Claim } from "../../storage/ports";
import { countTakeover } from "../../telemetry/metrics/instruments";
import { logEvent } from "../../telemetry/log/log-event";
import type { UseCaseContext } from "../use-case-context";

/** Why a claim passes to somebody else: its holder died, or its turn in its session has come, which is no fault. */
type Reason = "starter_died" | "turn_came";

/** Takes a claim over, and tells it. False when somebody else was quicker, who then is the one that tells. */
export async function takeOverClaim(
  claim: Claim,
  takenAt: Date,
  reason: Reason,
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
