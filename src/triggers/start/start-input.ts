import type { Claim, Storage } from "../../history/ports";
import type { WorkflowInput } from "../../model/contracts";
import type { WorkflowDefinition } from "../../model/workflow";
import { checkInput } from "./check-input";
import { chooseWorkflow } from "./choose-workflow";
import type { StartServices } from "./services";
import type { StartRequest } from "./start-request";

/** How the request came, as far as the orchestration has to know. */
export type Caller = Pick<WorkflowInput, "traceparent" | "reply" | "place">;

/** What the orchestrator is told: the request held against the catalog. Throws what is wrong with it. */
export async function toInput(
  id: string,
  wanted: StartRequest,
  caller: Caller,
  services: StartServices,
): Promise<WorkflowInput> {
  const definition = chooseWorkflow(wanted, {
    agents: new Set(services.agents.keys()),
    tools: services.tools,
    workflows: services.workflows,
  });
  const input = wanted.input ?? {};
  checkInput(definition, input);
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
  { agents }: StartServices,
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
export async function startOf(
  claim: Pick<Claim, "start">,
  storage: Storage,
): Promise<WorkflowInput> {
  // Written by the claim from a WorkflowInput, and its digest is checked on the way back.
  return (await storage.payloads.get(claim.start)) as unknown as WorkflowInput;
}
