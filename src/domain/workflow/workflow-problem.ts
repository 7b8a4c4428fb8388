import type { StepDefinition } from "./workflow-definition";

export interface WorkflowProblem {
  readonly pointer: string;
  readonly message: string;
}

export interface CatalogNames {
  readonly agents: ReadonlySet<string>;
  readonly tools: ReadonlySet<string>;
}

/** A step as far as it can be understood. `step` is absent when its own shape is wrong. */
export interface StepNode {
  readonly pointer: string;
  readonly id: string | undefined;
  readonly needs: readonly string[];
  readonly step?: StepDefinition;
}
