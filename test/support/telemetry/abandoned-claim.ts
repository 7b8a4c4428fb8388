import type { WorkflowInput } from "../../../src/domain/contracts";
import type { Json } from "../../../src/domain/payload";
import { openStorage } from "../../../src/storage/open-storage";
import { newClaim } from "../../contracts/storage.contract";
import { echoWorkflow } from "../domain/echo-workflow";

/** Creates a claim that is a minute old and whose orchestration was never started. */
export async function createAbandonedClaim(
  connectionString: string,
  id: string,
): Promise<void> {
  const { orchestrations, payloads } = openStorage({ connectionString });
  const input: WorkflowInput = {
    orchestrationId: id,
    definition: echoWorkflow as WorkflowInput["definition"],
    agents: {},
    input: { value: {} },
  };
  const at = new Date(Date.now() - 60_000).toISOString();
  await orchestrations.claim({
    ...newClaim(id, {
      workflow: echoWorkflow.name,
      createdAt: at,
      updatedAt: at,
    }),
    start: await payloads.put(id, input as unknown as Json),
    claimedAt: at,
  });
}
