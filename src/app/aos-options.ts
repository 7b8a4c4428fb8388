import type { Agent } from "../domain/agent";
import type { WorkflowDefinition } from "../domain/workflow/workflow-definition";
import type { LanguageModel } from "../models/language-model";
import type { Tool } from "../tools/tool";

/**
 * What an app consists of. An agent that names a tool that is not in `tools`, or a workflow that names an agent or a tool
 * that is not there, does not compile when all of them were made with `defineAgent`, `defineTool` and `defineWorkflow`.
 */
export interface AosOptions<
  AgentName extends string = string,
  ToolName extends string = string,
> {
  readonly agents: readonly Agent<AgentName, NoInfer<ToolName>>[];
  readonly tools: readonly Tool<ToolName>[];
  /** Versions of one workflow from the oldest to the newest: the last one is started by default. */
  readonly workflows: readonly WorkflowDefinition<
    NoInfer<AgentName>,
    NoInfer<ToolName>
  >[];
  /** Answers the agents in place of the provider that the settings name. */
  readonly model?: LanguageModel;
}
