import type { StepDefinition } from "./workflow-definition";

export interface WorkflowProblem {
  readonly pointer: string;
  readonly message: string;
}

export interface CatalogNames {
  readonly agents: ReadonlySet<string>;
  readonly tools: ReadonlySet<string>;
}

/** A step of an unchecked definition. `step` is absent if the step does not satisfy the schema. */
export interface StepNode {
  readonly pointer: string;
  readonly id: string | undefined;
  readonly needs: readonly string[];
  readonly step?: StepDefinition;
}
