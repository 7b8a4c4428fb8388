import type { Claim, Storage } from "../../storage/ports";
import type { WorkflowInput } from "../../domain/contracts";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import { validateWorkflowInput } from "./validate-input";
import { resolveWorkflow } from "./resolve-workflow";
import type { StartDependencies } from "./start-dependencies";
import type { StartRequest } from "../request/start-request";

/** How the request came, as far as the orchestration has to know. */
export type RequestOrigin = Pick<
  WorkflowInput,
  "traceparent" | "reply" | "place"
>;

/** What the orchestrator is told: the request held against the catalog. Throws what is wrong with it. */
export async function buildWorkflowInput(
  id: string,
  wanted: StartRequest,
  caller: RequestOrigin,
  services: StartDependencies,
): Promise<WorkflowInput> {
  const definition = resolveWorkflow(wanted, {
    agents: new Set(services.agents.keys()),
    tools: services.tools,
    workflows: services.workflows,
  });
  const input = wanted.input ?? {};
  validateWorkflowInput(definition, input);
  return {
    orchestrationId: id,
    definition,
    agents: agentsOf(definition, services),
    input: await services.storage().payloads.put(id, input),
    ...(wanted.sessionId !== undefined && { sessionId: wanted.sessionId }),
    ...(wanted.tags !== undefined && { tags: wanted.tags }),
    ...caller,
  };
}

/** Snapshots of the agents that a definition names, so that a redeploy does not change what has started. */
function agentsOf(
  definition: WorkflowDefinition,
  { agents }: StartDependencies,
): WorkflowInput["agents"] {
  const works = definition.steps.map((step) =>
    step.kind === "map" ? step.step : step,
  );
  const named = works.flatMap((work) =>
    work.kind === "agent" ? [agents.get(work.agent) ?? []].flat() : [],
  );
  return Object.fromEntries(named.map((agent) => [agent.name, agent]));
}

/** The orchestrator's input as it was when the orchestration was claimed. */
export async function loadWorkflowInput(
  claim: Pick<Claim, "start">,
  storage: Storage,
): Promise<WorkflowInput> {
  // Written by the claim from a WorkflowInput, and its digest is checked on the way back.
  return (await storage.payloads.get(claim.start)) as unknown as WorkflowInput;
}
