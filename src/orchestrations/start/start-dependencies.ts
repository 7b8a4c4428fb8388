import type { Agent } from "../../domain/agent";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import type { Storage } from "../../storage/ports";

export interface StartDependencies {
  storage(): Storage;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly tools: ReadonlySet<string>;
  /** Oldest version of a workflow first; the last one of a name is its default. */
  readonly workflows: readonly WorkflowDefinition[];
  readonly now: () => Date;
}
