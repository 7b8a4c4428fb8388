import type { CallToolInput, CallToolOutput } from "../src/domain/contracts";
import { callAgentTool } from "./tools/call-agent-tool";
import { callWorkflowTool } from "./tools/call-workflow-tool";
import type { ActivityDependencies } from "./activity-dependencies";

/** Runs a tool for an agent or for a step of a workflow. */
export const callTool =
  (services: ActivityDependencies) =>
  (input: CallToolInput): Promise<CallToolOutput> =>
    input.call.from === "agent"
      ? callAgentTool(services, input, input.call)
      : callWorkflowTool(services, input, input.call);
