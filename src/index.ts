export type { AosOptions } from "./app/aos-options";
export { type Aos, createAos } from "./app/create-aos";
export { type Agent, defineAgent } from "./domain/agent";
export { AosError } from "./domain/errors";
export type { Json } from "./domain/payload";
export {
  defineWorkflow,
  type InputOf,
  type Workflow,
} from "./domain/workflow/define-workflow";
export type {
  StepDefinition,
  WorkflowDefinition,
} from "./domain/workflow/workflow-definition";
export type {
  ChatMessage,
  LanguageModel,
  ModelRequest,
  ModelResponse,
  ToolCall,
  ToolSpec,
} from "./models/language-model";
export type {
  OfflineScript,
  OfflineScripts,
  OfflineToolCall,
  OfflineTurn,
} from "./models/offline/offline-model";
export { defineTool, type Tool, type ToolContext } from "./tools/tool";
