import type { Storage } from "../../history/ports";
import type { Agent } from "../../model/agent";
import type { WorkflowDefinition } from "../../model/workflow";

/** What starting an orchestration takes, however it was asked for. */
export interface StartServices {
  storage(): Storage;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly tools: ReadonlySet<string>;
  /** Oldest version of a workflow first; the last one of a name is its default. */
  readonly workflows: readonly WorkflowDefinition[];
  readonly now: () => Date;
}
