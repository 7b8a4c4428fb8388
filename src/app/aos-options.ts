import type { Agent } from "../domain/agent";
import type { WorkflowDefinition } from "../domain/workflow/workflow-definition";
import type { LanguageModel } from "../models/language-model";
import type { OfflineScripts } from "../models/offline/offline-model";
import type { Tool } from "../tools/tool";

/**
 * The parts of an app. When they are defined with `defineAgent`, `defineTool` and `defineWorkflow`, the compiler rejects
 * an agent with an unknown tool and a workflow with an unknown agent or tool.
 */
export interface AosOptions<
  AgentName extends string = string,
  ToolName extends string = string,
> {
  readonly agents: readonly Agent<AgentName, NoInfer<ToolName>>[];
  readonly tools: readonly Tool<ToolName>[];
  /** Versions of a workflow in ascending order: the last one is the default. */
  readonly workflows: readonly WorkflowDefinition<
    NoInfer<AgentName>,
    NoInfer<ToolName>
  >[];
  /** Replaces the model provider of the settings. */
  readonly model?: LanguageModel;
  /** Returns the scripts of the offline model by agent name. Called only when that model is configured. */
  readonly offline?: () => OfflineScripts;
}
