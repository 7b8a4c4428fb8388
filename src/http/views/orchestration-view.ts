import type { Failure } from "../../domain/errors";
import type {
  OrchestrationEvent,
  OrchestrationSummary,
} from "../../domain/history/orchestration-history";
import type { Usage } from "../../domain/usage";
import type { WorkflowDefinition } from "../../domain/workflow/workflow-definition";
import { type StepView, toStepView } from "./step-view";
import { sumUsage } from "../../domain/history/sum-usage";
import { isTerminalStatus } from "../../domain/history/terminal-status";

export interface OrchestrationView {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: OrchestrationSummary["status"];
  readonly waitingFor: readonly string[];
  readonly steps: readonly StepView[];
  readonly progress: { readonly done: number; readonly total: number };
  readonly usage: Usage;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  readonly error?: Failure;
  readonly links: {
    readonly self: string;
    readonly result: string;
    readonly history: string;
  };
}

/** `collectionUrl` is the absolute URL of `/api/orchestrations`. The order of `events` does not matter. */
export function toOrchestrationView(
  summary: OrchestrationSummary,
  events: readonly OrchestrationEvent[],
  definition: WorkflowDefinition,
  collectionUrl: string,
): OrchestrationView {
  const steps = definition.steps.map((step) => toStepView(step, events));
  const { id, endedAt, error } = summary;
  const self = `${collectionUrl}/${id}`;
  return {
    id,
    workflow: summary.workflow,
    version: summary.version,
    status: summary.status,
    waitingFor: [],
    steps,
    progress: {
      done: steps.filter(({ status }) => hasStepEnded(status)).length,
      total: steps.length,
    },
    usage:
      isTerminalStatus(summary.status) && summary.usage !== undefined
        ? summary.usage
        : sumUsage(events),
    tags: summary.tags,
    createdAt: summary.createdAt,
    updatedAt: summary.updatedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(error !== undefined && { error }),
    links: { self, result: `${self}/result`, history: `${self}/history` },
  };
}

const hasStepEnded = (status: StepView["status"]): boolean =>
  status !== "pending" && status !== "running";

/** Returns the URL of `/orchestrations` that a request's URL starts with. */
export function orchestrationsUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  const end = pathname.indexOf("/orchestrations") + "/orchestrations".length;
  return origin + pathname.slice(0, end);
}
