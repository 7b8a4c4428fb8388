import type { Json } from "../payload";

/** A duration such as `500ms`, `2s`, `10m`, `72h` or `3d`. */
type Duration = string;

export interface RetryDefinition {
  /** Number of attempts including the first, at most 20. Default 3. */
  readonly maxAttempts?: number;
  /** Default `2s`. */
  readonly firstDelay?: Duration;
  /** Factor from one delay to the next. Default 2. */
  readonly backoff?: number;
}

interface StepOptions<StepId extends string> {
  readonly id: StepId;
  /** Ids of the steps that must settle first. Default: the preceding step. */
  readonly needs?: readonly NoInfer<StepId>[];
  /** A CEL expression; the step is skipped unless it is true. */
  readonly when?: string;
  readonly retry?: RetryDefinition;
  readonly timeout?: Duration;
  /** Default `fail`: if this step fails, its dependents are skipped and the orchestration fails. */
  readonly onError?: "fail" | "continue" | { readonly fallback: Json };
}

export interface AgentWork<AgentName extends string = string> {
  readonly kind: "agent";
  /** Name of an agent in the catalog. */
  readonly agent: AgentName;
  /** A template: `${…}` contains a CEL expression. */
  readonly prompt: string;
}
export interface ToolWork<ToolName extends string = string> {
  readonly kind: "tool";
  /** Name of a tool in the catalog. */
  readonly tool: ToolName;
  /** A template: its strings may contain `${…}`. Default `{}`. */
  readonly input?: Json;
}

export type WorkDefinition<
  AgentName extends string = string,
  ToolName extends string = string,
> = AgentWork<AgentName> | ToolWork<ToolName>;

/** Runs `step` for each item of a list, up to `maxParallel` concurrently; its output is the list of their outputs. */
interface MapWork<AgentName extends string, ToolName extends string> {
  readonly kind: "map";
  /** One expression that returns a list, for example `${input.documents}`. */
  readonly over: string;
  /** The variable of the item in the templates of `step`; `index` is its position, counted from 0. */
  readonly as: string;
  /** Items that run at a time: 1–100. Default 8. */
  readonly maxParallel?: number;
  readonly step: WorkDefinition<AgentName, ToolName>;
}

export type MapStep = StepOptions<string> & MapWork<string, string>;

/** One step. The type parameters are the names that it may use; `defineWorkflow` infers them. */
export type StepDefinition<
  AgentName extends string = string,
  ToolName extends string = string,
  StepId extends string = string,
> = StepOptions<StepId> &
  (WorkDefinition<AgentName, ToolName> | MapWork<AgentName, ToolName>);

/** A named, versioned graph of steps, as data. */
export interface WorkflowDefinition<
  AgentName extends string = string,
  ToolName extends string = string,
  StepId extends string = string,
> {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** JSON Schema of the input. Default: any input is valid. */
  readonly input?: Readonly<Record<string, Json>>;
  readonly steps: readonly StepDefinition<AgentName, ToolName, StepId>[];
  /** A template. Default: the output of the last step. */
  readonly output?: Json;
}
