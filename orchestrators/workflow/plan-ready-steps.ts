/** Steps that are ready: asks their `when`, and plans the work that they are. */
import { decideNextSteps } from "../../src/domain/workflow/decide-next-steps";
import type { WorkflowResult } from "../../src/domain/workflow/decide-next-steps";
import { timeAfter, type DurableOperation } from "../../src/domain/durable";
import { parseDuration } from "../../src/domain/duration";
import { defaultMaxParallel } from "../../src/domain/workflow/map-progress";
import { soleExpression } from "../../src/domain/expression/template";
import type {
  MapStep,
  StepDefinition,
} from "../../src/domain/workflow/workflow-definition";
import { evaluateCondition, evaluateList } from "./evaluate";
import { advanceMap } from "./advance-map";
import { appendEvent, type WorkflowRun, stepScope } from "./workflow-run";
import { recordStepFailure, recordStepSkipped } from "./record-step-outcome";

/** Goes on until nothing more can begin without waiting; gives the end when that is it. */
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
    for (const step of ready) yield* begin(run, step);
  }
}

function* begin(
  run: WorkflowRun,
  step: StepDefinition,
): DurableOperation<void> {
  if (step.when !== undefined) {
    const scope = stepScope(run, step);
    const wanted = yield* evaluateCondition(run, step.id, step.when, scope);
    if (!wanted.ok) {
      recordStepFailure(run, step, wanted.failure);
      return;
    }
    if (!wanted.value) {
      recordStepSkipped(run, step, "when");
      return;
    }
  }
  run.progress.set(step.id, { status: "running" });
  if (step.kind === "map") yield* beginMap(run, step);
  else run.plannedWork.push({ id: step.id, step, ...deadlineOf(run, step) });
}

function* beginMap(run: WorkflowRun, step: MapStep): DurableOperation<void> {
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
    ...deadlineOf(run, step),
  });
  yield* advanceMap(run, step.id);
}

/** For all attempts, and all items, of the step together. */
function deadlineOf(
  run: WorkflowRun,
  { timeout }: StepDefinition,
): { readonly deadline?: string } {
  const ms = timeout === undefined ? undefined : parseDuration(timeout);
  return ms === undefined ? {} : { deadline: timeAfter(run.context, ms) };
}
