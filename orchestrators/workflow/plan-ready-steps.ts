import {
  timeAfter,
  type DurableOperation,
} from "../../src/domain/durable/context";
import { parseDuration } from "../../src/domain/duration";
import { soleExpression } from "../../src/domain/expression/template";
import {
  decideNextSteps,
  type WorkflowResult,
} from "../../src/domain/workflow/decide-next-steps";
import { defaultMaxParallel } from "../../src/domain/workflow/map-progress";
import type {
  MapStep,
  StepDefinition,
} from "../../src/domain/workflow/workflow-definition";
import { advanceMap } from "./advance-map";
import { evaluateCondition, evaluateList } from "./evaluate";
import { recordStepFailure, recordStepSkipped } from "./record-step-outcome";
import { appendEvent, stepScope, type WorkflowRun } from "./workflow-run";

/** Evaluates the `when` of ready steps and plans their work until no step is ready; returns the workflow's result. */
export function* planReadySteps(
  run: WorkflowRun,
): DurableOperation<WorkflowResult | undefined> {
  for (;;) {
    const { ready, skipped, result } = decideNextSteps(
      run.definition,
      Object.fromEntries(run.progress),
    );
    if (ready.length + skipped.length === 0) return result;
    for (const step of skipped) recordStepSkipped(run, step, "upstream");
    for (const step of ready) yield* planStep(run, step);
  }
}

function* planStep(
  run: WorkflowRun,
  step: StepDefinition,
): DurableOperation<void> {
  if (step.when !== undefined) {
    const scope = stepScope(run, step);
    const condition = yield* evaluateCondition(run, step.id, step.when, scope);
    if (!condition.ok) {
      recordStepFailure(run, step, condition.failure);
      return;
    }
    if (!condition.value) {
      recordStepSkipped(run, step, "when");
      return;
    }
  }
  run.progress.set(step.id, { status: "running" });
  if (step.kind === "map") yield* startMap(run, step);
  else run.plannedWork.push({ id: step.id, step, ...toDeadline(run, step) });
}

function* startMap(run: WorkflowRun, step: MapStep): DurableOperation<void> {
  const expression = soleExpression(step.over) ?? step.over;
  const items = yield* evaluateList(
    run,
    step.id,
    expression,
    stepScope(run, step),
  );
  appendEvent(run, {
    type: "step.started",
    stepId: step.id,
    attempt: 1,
    data: { kind: "map", ...(items.ok && { items: items.value.length }) },
  });
  if (!items.ok) {
    recordStepFailure(run, step, items.failure);
    return;
  }
  run.maps.set(step.id, {
    step,
    items: items.value,
    progress: {
      total: items.value.length,
      maxParallel: step.maxParallel ?? defaultMaxParallel,
      started: 0,
      settled: new Map(),
    },
    ...toDeadline(run, step),
  });
  yield* advanceMap(run, step.id);
}

/** One deadline for all attempts and all items of the step. */
function toDeadline(
  run: WorkflowRun,
  { timeout }: StepDefinition,
): { readonly deadline?: string } {
  const ms = timeout === undefined ? undefined : parseDuration(timeout);
  return ms === undefined ? {} : { deadline: timeAfter(run.context, ms) };
}
