import { z } from "zod";
import type { Failure } from "../../domain/errors";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { omitUndefined } from "../../domain/omit-undefined";
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
  /** Present for map steps only. */
  readonly items?: ItemCounts;
}
interface ItemCounts {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

const finalStatuses: Partial<Record<OrchestrationEvent["type"], StepStatus>> = {
  "step.completed": "completed",
  "step.failed": "failed",
  "step.skipped": "skipped",
};

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

export function toStepView(
  step: StepDefinition,
  events: readonly OrchestrationEvent[],
): StepView {
  const stepEvents = events.filter(({ stepId }) => stepId === step.id);
  const endEvent = stepEvents.find(({ type }) => type in finalStatuses);
  return {
    id: step.id,
    kind: step.kind,
    status: stepStatus(stepEvents, endEvent),
    attempt: Math.max(0, ...stepEvents.map(({ attempt }) => attempt ?? 0)),
    ...omitUndefined({
      startedAt: earliestStart(stepEvents),
      endedAt: endEvent?.at,
      error: errorSchema.safeParse(endEvent?.data).data?.error,
    }),
    ...(step.kind === "map" && {
      items: countItems(step.id, stepEvents, events),
    }),
  };
}

function stepStatus(
  stepEvents: readonly OrchestrationEvent[],
  endEvent: OrchestrationEvent | undefined,
): StepStatus {
  if (endEvent !== undefined)
    return finalStatuses[endEvent.type] ?? "completed";
  return stepEvents.length > 0 ? "running" : "pending";
}

const earliestStart = (
  stepEvents: readonly OrchestrationEvent[],
): string | undefined =>
  stepEvents
    .filter(({ type }) => type === "step.started")
    .map(({ at }) => at)
    .sort()[0];

/** Items have ids such as `read.3`. The map's own events carry the total once it is known. */
function countItems(
  mapId: string,
  mapEvents: readonly OrchestrationEvent[],
  events: readonly OrchestrationEvent[],
): ItemCounts {
  const itemEvents = events.filter(({ stepId }) =>
    stepId?.startsWith(`${mapId}.`),
  );
  const countWith = (...types: readonly OrchestrationEvent["type"][]) =>
    distinctSteps(itemEvents.filter(({ type }) => types.includes(type)));
  const failed = countWith("step.failed");
  const recordedTotals = mapEvents
    .map(({ data }) => data?.["items"])
    .filter((items) => typeof items === "number");
  return {
    done: countWith("step.completed", "step.skipped") + failed,
    total: Math.max(distinctSteps(itemEvents), ...recordedTotals),
    failed,
  };
}

const distinctSteps = (events: readonly OrchestrationEvent[]): number =>
  new Set(events.map(({ stepId }) => stepId)).size;
