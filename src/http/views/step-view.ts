import { z } from "zod";
import type { Failure } from "../../domain/errors";
import { compareEvents } from "../../domain/history/create-event";
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
  const endEvent = findEndEvent(stepEvents);
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

/** The latest one: a step of an orchestration that was started again can complete after it had failed. */
const findEndEvent = (
  stepEvents: readonly OrchestrationEvent[],
): OrchestrationEvent | undefined =>
  stepEvents
    .filter(({ type }) => type in finalStatuses)
    .sort(compareEvents)
    .at(-1);

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
  const items = groupByStep(itemEvents);
  const endTypes = [...items.values()].flatMap(
    (itemEvents) => findEndEvent(itemEvents)?.type ?? [],
  );
  const recordedTotals = mapEvents
    .map(({ data }) => data?.["items"])
    .filter((items) => typeof items === "number");
  return {
    done: endTypes.length,
    total: Math.max(items.size, ...recordedTotals),
    failed: endTypes.filter((type) => type === "step.failed").length,
  };
}

function groupByStep(
  events: readonly OrchestrationEvent[],
): ReadonlyMap<string | undefined, readonly OrchestrationEvent[]> {
  const groups = new Map<string | undefined, OrchestrationEvent[]>();
  for (const event of events) {
    const group = groups.get(event.stepId) ?? [];
    groups.set(event.stepId, group);
    group.push(event);
  }
  return groups;
}
