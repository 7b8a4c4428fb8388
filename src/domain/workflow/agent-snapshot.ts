import { AosError } from "../errors";
import type { Agent } from "../agent";
import type { WorkflowInput } from "../contracts";

/** The agent as it was when the orchestration was started. */
export function getAgentSnapshot(input: WorkflowInput, name: string): Agent {
  const agent = Object.hasOwn(input.agents, name)
    ? input.agents[name]
    : undefined;
  if (agent !== undefined) return agent;
  throw new AosError(
    "agent_not_found",
    `Agent "${name}" did not come with the start of orchestration "${input.orchestrationId}". Start it again.`,
  );
}
