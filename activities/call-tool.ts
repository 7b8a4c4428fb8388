import type { CallToolInput, CallToolOutput } from "../src/model/contracts";
import { callAgentTool } from "./tools/call-agent-tool";
import { callWorkflowTool } from "./tools/call-workflow-tool";
import type { Services } from "./services";

/** Runs a tool for an agent or for a step of a workflow. */
export const callTool =
  (services: Services) =>
  (input: CallToolInput): Promise<CallToolOutput> =>
    input.call.from === "agent"
      ? callAgentTool(services, input, input.call)
      : callWorkflowTool(services, input, input.call);
