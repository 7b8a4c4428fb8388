import type { Storage } from "../../history/ports";
import type { Agent } from "../../model/agent";
import type { WorkflowDefinition } from "../../model/workflow";

/** What the routes are given by `main.ts`. */
export interface HttpServices {
  storage(): Storage;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly tools: ReadonlySet<string>;
  /** Oldest version of a workflow first; the last one of a name is its default. */
  readonly workflows: readonly WorkflowDefinition[];
  /** The provider that answers agents; throws `configuration_invalid` when none can. */
  modelProvider(): string;
  now(): Date;
}
