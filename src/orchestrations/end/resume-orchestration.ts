import type { Claim } from "../../storage/ports";
import { startClaimedInstance } from "../start/start-claimed-instance";
import { takeOverClaim } from "../start/take-over-claim";
import { loadWorkflowInput } from "../start/workflow-input";
import type { UseCaseContext } from "../use-case-context";
import type { EndDecision } from "./end-rules";

/**
 * Starts the orchestration again. It repeats its steps, and their calls find recorded results by their keys. After a crash
 * between the two writes the instance has a lower number than the row, and the same resumption is taken over.
 */
export async function resumeOrchestration(
  claim: Claim,
  { resumption, error }: Extract<EndDecision, { readonly kind: "resume" }>,
  context: UseCaseContext,
): Promise<void> {
  const { storage, now } = context;
  const [input, events] = await Promise.all([
    loadWorkflowInput(claim, storage),
    storage.history.read(claim.summary.id),
  ]);
  const started = events.find(({ type }) => type === "orchestration.started");
  const takenAt = now();
  const taken = await takeOverClaim(
    claim,
    takenAt,
    "platform_failed",
    context,
    resumption,
  );
  if (!taken) return;
  const resumedAfter = {
    error,
    ...(started !== undefined && { startedAt: started.at }),
  };
  await startClaimedInstance(
    takenAt,
    { ...input, resumption, resumedAfter },
    context,
  );
}
