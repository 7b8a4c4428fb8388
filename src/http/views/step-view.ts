import { z } from "zod";
import type { Failure } from "../../domain/errors";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import type { StepDefinition } from "../../domain/workflow/workflow-definition";

type StepStatus = "pending" | "running" | "completed" | "failed" | "skipped";

export interface StepView {
  readonly id: string;
  readonly kind: StepDefinition["kind"];
  readonly status: StepStatus;
  /** 0 until the step has started. */
  readonly attempt: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly error?: Failure;
  /** Of a map step. */
  readonly items?: ItemCounts;
}
interface ItemCounts {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

const settling: Partial<Record<OrchestrationEvent["type"], StepStatus>> = {
  "step.completed": "completed",
  "step.failed": "failed",
  "step.skipped": "skipped",
};

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

export function toStepView(
  step: StepDefinition,
  rows: readonly OrchestrationEvent[],
): StepView {
  const own = rows.filter(({ stepId }) => stepId === step.id);
  const settled = own.find(({ type }) => type in settling);
  const startedAt = earliest(own.filter(({ type }) => type === "step.started"));
  const error = errorSchema.safeParse(settled?.data).data?.error;
  return {
    id: step.id,
    kind: step.kind,
    status: statusOf(own, settled),
    attempt: Math.max(0, ...own.map(({ attempt }) => attempt ?? 0)),
    ...(startedAt !== undefined && { startedAt }),
    ...(settled !== undefined && { endedAt: settled.at }),
    ...(error !== undefined && { error }),
    ...(step.kind === "map" && { items: itemCounts(step.id, own, rows) }),
  };
}

function statusOf(
  own: readonly OrchestrationEvent[],
  settled: OrchestrationEvent | undefined,
): StepStatus {
  if (settled !== undefined) return settling[settled.type] ?? "completed";
  return own.length > 0 ? "running" : "pending";
}

const earliest = (rows: readonly OrchestrationEvent[]): string | undefined =>
  rows.map(({ at }) => at).sort()[0];

/** Items have ids such as `read.3`; how many there will be is told when the map starts, if it is known by then. */
function itemCounts(
  mapId: string,
  own: readonly OrchestrationEvent[],
  rows: readonly OrchestrationEvent[],
): ItemCounts {
  const ofItems = rows.filter(({ stepId }) => stepId?.startsWith(`${mapId}.`));
  const idsOf = (types: readonly OrchestrationEvent["type"][] | "any") =>
    new Set(
      ofItems
        .filter(({ type }) => types === "any" || types.includes(type))
        .map(({ stepId }) => stepId),
    ).size;
  const failed = idsOf(["step.failed"]);
  const told = own.map(({ data }) => data?.["items"]);
  return {
    done: idsOf(["step.completed", "step.skipped"]) + failed,
    total: Math.max(
      idsOf("any"),
      ...told.filter((items) => typeof items === "number"),
    ),
    failed,
  };
}
