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

interface StepDefaults {
  readonly id: string;
  /** Ids of the steps that must have settled. Default: the step before, or none for the first. */
  readonly needs?: readonly string[];
  /** A CEL expression; the step is skipped unless it is true. */
  readonly when?: string;
  readonly retry?: RetryDefinition;
  readonly timeout?: Duration;
  /** What a failure means. Default `fail`: steps that need this one are skipped and the orchestration fails. */
  readonly onError?: "fail" | "continue" | { readonly fallback: Json };
}

export interface AgentWork {
  readonly kind: "agent";
  /** Name of an agent of the catalog. */
  readonly agent: string;
  /** A template: `${…}` holds a CEL expression. */
  readonly prompt: string;
}
export interface ToolWork {
  readonly kind: "tool";
  /** Name of a tool of the catalog. */
  readonly tool: string;
  /** A template: strings anywhere in it may hold `${…}`. Default `{}`. */
  readonly input?: Json;
}

type AgentStep = StepDefaults & AgentWork;
type ToolStep = StepDefaults & ToolWork;
/** Runs `step` once for every item of a list, up to `maxParallel` at a time; its output is the list of outputs. */
export type MapStep = StepDefaults & {
  readonly kind: "map";
  /** A template of one expression that gives a list, for example `${input.documents}`. */
  readonly over: string;
  /** Name of the item in the templates of `step`; `index` is its position from 0. */
  readonly as: string;
  /** 1–100. Default 8. */
  readonly maxParallel?: number;
  readonly step: AgentWork | ToolWork;
};
export type StepDefinition = AgentStep | ToolStep | MapStep;

/** A named, versioned graph of steps, as data. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** JSON Schema of the input; anything is accepted when absent. */
  readonly input?: Readonly<Record<string, Json>>;
  readonly steps: readonly StepDefinition[];
  /** A template. Default: the output of the last step. */
  readonly output?: Json;
}
