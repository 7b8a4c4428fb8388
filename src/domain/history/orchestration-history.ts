import type { Failure } from "../errors";
import type { Json } from "../payload";
import type { Usage } from "../usage";

export type OrchestrationStatus =
  "pending" | "running" | "suspended" | "completed" | "failed" | "terminated";

export type OrchestrationEventType =
  | "orchestration.started"
  | "orchestration.resumed"
  | "orchestration.completed"
  | "orchestration.failed"
  | "orchestration.terminated"
  | "step.started"
  | "step.completed"
  | "step.failed"
  | "step.skipped"
  | "step.retried"
  | "model.called"
  | "tool.called"
  | "message.refused";

/** One event of an orchestration's history. Its deterministic `key` prevents that it is stored twice. */
export interface OrchestrationEvent {
  readonly key: string;
  readonly type: OrchestrationEventType;
  /** Time of the event, ISO 8601 UTC. */
  readonly at: string;
  readonly stepId?: string;
  readonly attempt?: number;
  /** Small; large values are references. */
  readonly data?: Readonly<Record<string, Json>>;
}

/** The summary row of an orchestration. */
export interface OrchestrationSummary {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: OrchestrationStatus;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  readonly error?: Failure;
  readonly usage?: Usage;
}
