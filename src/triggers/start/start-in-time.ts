import { AosError } from "../../errors";
import type { Claim } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import { startInstance } from "./hub";
import { giveUpMs, mayStillStart } from "./start-rules";
import type { World } from "./world";

/** Starts the instance for one who holds the claim, unless that was taken too long ago (`start-rules.ts`, 1). */
export async function startInTime(
  claim: Pick<Claim, "claimedAt">,
  input: WorkflowInput,
  world: Omit<World, "storage">,
): Promise<void> {
  if (!mayStillStart(claim, world.now()))
    throw new AosError(
      "storage_unavailable",
      `Orchestration "${input.orchestrationId}" was not started: storage took over ${giveUpMs / 1000} s to claim it. Send the same request again in a minute.`,
    );
  await startInstance(input, world);
}
