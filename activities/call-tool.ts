import type { CallToolInput, CallToolOutput } from "../src/domain/contracts";
import type { ActivityDependencies } from "./activity-dependencies";
import { callAgentTool } from "./tools/call-agent-tool";
import { callWorkflowTool } from "./tools/call-workflow-tool";

export const callTool =
  (dependencies: ActivityDependencies) =>
  (input: CallToolInput): Promise<CallToolOutput> =>
    input.call.from === "agent"
      ? callAgentTool(dependencies, input, input.call)
      : callWorkflowTool(dependencies, input, input.call);
