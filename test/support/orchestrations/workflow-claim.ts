import type { WorkflowInput } from "../../../src/domain/contracts";
import type { OrchestrationSummary } from "../../../src/domain/history/orchestration-history";
import type { Json } from "../../../src/domain/payload";
import { newClaim } from "../../contracts/storage.contract";

/** A claim with the input of a workflow, so that any process can start or answer it. */
export function newWorkflowClaim(
  id: string,
  summary: Partial<OrchestrationSummary> = {},
  fields: Partial<WorkflowInput> = {},
) {
  const input: WorkflowInput = {
    orchestrationId: id,
    definition: { name: summary.workflow ?? "w", version: "1", steps: [] },
    agents: {},
    input: { value: {} },
    ...fields,
  };
  const { queuePosition } = input;
  return {
    ...newClaim(id, summary),
    start: { value: input as unknown as Json },
    ...(summary.createdAt !== undefined && { claimedAt: summary.createdAt }),
    ...(queuePosition !== undefined && { queuePosition }),
  };
}
