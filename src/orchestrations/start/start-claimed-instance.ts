import { AosError } from "../../domain/errors";
import type { Claim } from "../../storage/ports";
import type { WorkflowInput } from "../../domain/contracts";
import { startInstance } from "../task-hub";
import { startDeadlineMs, mayStart } from "./claim-rules";
import type { UseCaseContext } from "../use-case-context";

/** Starts the instance for one who holds the claim, unless that was taken too long ago (`start-rules.ts`, 1). */
export async function startClaimedInstance(
  claim: Pick<Claim, "claimedAt">,
  input: WorkflowInput,
  world: Omit<UseCaseContext, "storage">,
): Promise<void> {
  if (!mayStart(claim, world.now()))
    throw new AosError(
      "storage_unavailable",
      `Orchestration "${input.orchestrationId}" was not started: storage took over ${startDeadlineMs / 1000} s to claim it. Send the same request again in a minute.`,
    );
  await startInstance(input, world);
}
