import type { WorkflowInput } from "../../domain/contracts";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import type { Claim, Storage } from "../../storage/ports";
import type { StartRequest } from "../request/start-request";
import { resolveWorkflow } from "./resolve-workflow";
import type { StartDependencies } from "./start-dependencies";
import { validateWorkflowInput } from "./validate-input";

/** The part of the input that depends on the transport of the request. */
export type RequestOrigin = Pick<
  WorkflowInput,
  "traceparent" | "reply" | "queuePosition"
>;

/** Builds the orchestrator's input from the request and the catalog. Throws if the request is invalid. */
export async function buildWorkflowInput(
  id: string,
  request: StartRequest,
  origin: RequestOrigin,
  dependencies: StartDependencies,
): Promise<WorkflowInput> {
  const definition = resolveWorkflow(request, {
    agents: new Set(dependencies.agents.keys()),
    tools: dependencies.tools,
    workflows: dependencies.workflows,
  });
  const input = request.input ?? {};
  validateWorkflowInput(definition, input);
  return {
    orchestrationId: id,
    definition,
    agents: snapshotAgents(definition, dependencies),
    input: await dependencies.storage().payloads.put(id, input),
    ...(request.sessionId !== undefined && { sessionId: request.sessionId }),
    ...(request.tags !== undefined && { tags: request.tags }),
    ...origin,
  };
}

function snapshotAgents(
  { steps }: WorkflowDefinition,
  { agents }: StartDependencies,
): WorkflowInput["agents"] {
  const named = steps
    .map((step) => (step.kind === "map" ? step.step : step))
    .flatMap((work) => (work.kind === "agent" ? [work.agent] : []))
    .flatMap((name) => agents.get(name) ?? []);
  return Object.fromEntries(named.map((agent) => [agent.name, agent]));
}

/** The input that `claimAndStart` stored, with the number of the current resumption. */
export async function loadWorkflowInput(
  { start, resumption }: Pick<Claim, "start" | "resumption">,
  storage: Storage,
): Promise<WorkflowInput> {
  // The store verifies the digest.
  const input = (await storage.payloads.get(start)) as unknown as WorkflowInput;
  return resumption === undefined ? input : { ...input, resumption };
}
