import type { Json } from "../payload";

/** A duration such as `500ms`, `2s`, `10m`, `72h` or `3d`. */
type Duration = string;

export interface RetryDefinition {
  /** Runs of the step in all, at most 20. Default 3. */
  readonly maxAttempts?: number;
  /** Default `2s`. */
  readonly firstDelay?: Duration;
  /** Factor from one delay to the next. Default 2. */
  readonly backoff?: number;
}

interface StepOptions<StepId extends string> {
  readonly id: StepId;
  /** Ids of the steps that must have ended. Default: the step before, or none for the first. */
  readonly needs?: readonly NoInfer<StepId>[];
  /** A CEL expression; the step is skipped unless it is true. */
  readonly when?: string;
  readonly retry?: RetryDefinition;
  readonly timeout?: Duration;
  /** What a failure means. Default `fail`: steps that need this one are skipped and the orchestration fails. */
  readonly onError?: "fail" | "continue" | { readonly fallback: Json };
}

export interface AgentWork<AgentName extends string = string> {
  readonly kind: "agent";
  readonly agent: AgentName;
  /** A template: `${…}` holds a CEL expression. */
  readonly prompt: string;
}
export interface ToolWork<ToolName extends string = string> {
  readonly kind: "tool";
  readonly tool: ToolName;
  /** A template: strings anywhere in it may hold `${…}`. Default `{}`. */
  readonly input?: Json;
}

/** Runs `step` once for every item of a list; its output is the list of outputs. */
interface MapWork<AgentName extends string, ToolName extends string> {
  readonly kind: "map";
  /** A template of one expression that gives a list, for example `${input.documents}`. */
  readonly over: string;
  /** Name of the item in the templates of `step`; `index` is its position from 0. */
  readonly as: string;
  /** Items that run at a time: 1–100. Default 8. */
  readonly maxParallel?: number;
  readonly step: AgentWork<AgentName> | ToolWork<ToolName>;
}

export type MapStep = StepOptions<string> & MapWork<string, string>;

/** One step. The type parameters are the names that it may use; `defineWorkflow` infers them. */
export type StepDefinition<
  AgentName extends string = string,
  ToolName extends string = string,
  StepId extends string = string,
> = StepOptions<StepId> &
  (AgentWork<AgentName> | ToolWork<ToolName> | MapWork<AgentName, ToolName>);

/** A named, versioned graph of steps, as data. */
export interface WorkflowDefinition<
  AgentName extends string = string,
  ToolName extends string = string,
  StepId extends string = string,
> {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** JSON Schema of the input; anything is accepted when absent. */
  readonly input?: Readonly<Record<string, Json>>;
  readonly steps: readonly StepDefinition<AgentName, ToolName, StepId>[];
  /** A template. Default: the output of the last step. */
  readonly output?: Json;
}
