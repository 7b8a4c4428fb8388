import type { WorkflowInput } from "../../domain/contracts";
import { AosError } from "../../domain/errors";
import { startInstance } from "../task-hub";
import type { UseCaseContext } from "../use-case-context";
import { mayStart, startDeadlineMs } from "./claim-rules";

/** Starts the instance on behalf of the holder of the claim, who took it at `takenAt`. */
export async function startClaimedInstance(
  takenAt: Date,
  input: WorkflowInput,
  context: Omit<UseCaseContext, "storage">,
): Promise<void> {
  if (!mayStart(takenAt, context.now()))
    throw new AosError(
      "storage_unavailable",
      `Orchestration "${input.orchestrationId}" was not started: claiming it in storage took over ${startDeadlineMs / 1000} s. Send the same request again in a minute.`,
    );
  await startInstance(input, context);
}
