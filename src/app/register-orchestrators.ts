import { agentTurn } from "../../orchestrators/agent-turn";
import { agentWorkflow } from "../../orchestrators/agent-workflow";
import { toolStep } from "../../orchestrators/tool-step";
import * as contracts from "../domain/contracts";
import { registerOrchestrator } from "./register";

export function registerOrchestrators(): void {
  registerOrchestrator(contracts.agentWorkflowOrchestrator, agentWorkflow);
  registerOrchestrator(contracts.agentTurnOrchestrator, agentTurn);
  registerOrchestrator(contracts.toolStepOrchestrator, toolStep);
}
