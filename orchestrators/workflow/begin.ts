/** Steps that are ready: asks their `when`, and plans the work that they are. */
import { decide } from "../../src/model/scheduler";
import type { WorkflowEnd } from "../../src/model/scheduler";
import { fromNow, type Steps } from "../../src/model/durable";
import { parseDuration } from "../../src/model/duration";
import { defaultMaxParallel } from "../../src/model/map-progress";
import { soleExpression } from "../../src/model/template";
import type { MapStep, StepDefinition } from "../../src/model/workflow";
import { condition, list } from "./evaluate";
import { continueMap } from "./continue-map";
import { note, type Run, scopeOf } from "./run";
import { failStep, skipStep } from "./settle";

/** Goes on until nothing more can begin without waiting; gives the end when that is it. */
export function* beginAll(run: Run): Steps<WorkflowEnd | undefined> {
  for (;;) {
    const { ready, skipped, end } = decide(
      run.definition,
      Object.fromEntries(run.progress),
    );
    if (ready.length + skipped.length === 0) return end;
    for (const step of skipped) skipStep(run, step, "upstream");
    for (const step of ready) yield* begin(run, step);
  }
}

function* begin(run: Run, step: StepDefinition): Steps<void> {
  if (step.when !== undefined) {
    const scope = scopeOf(run, step);
    const wanted = yield* condition(run, step.id, step.when, scope);
    if (!wanted.ok) {
      failStep(run, step, wanted.failure);
      return;
    }
    if (!wanted.value) {
      skipStep(run, step, "when");
      return;
    }
  }
  run.progress.set(step.id, { status: "running" });
  if (step.kind === "map") yield* beginMap(run, step);
  else run.planned.push({ id: step.id, step, ...deadlineOf(run, step) });
}

function* beginMap(run: Run, step: MapStep): Steps<void> {
  const expression = soleExpression(step.over) ?? step.over;
  const items = yield* list(run, step.id, expression, scopeOf(run, step));
  note(run, {
    type: "step.started",
    stepId: step.id,
    attempt: 1,
    data: { kind: "map", ...(items.ok && { items: items.value.length }) },
  });
  if (!items.ok) {
    failStep(run, step, items.failure);
    return;
  }
  run.maps.set(step.id, {
    step,
    items: items.value,
    progress: {
      total: items.value.length,
      maxParallel: step.maxParallel ?? defaultMaxParallel,
      begun: 0,
      settled: new Map(),
    },
    ...deadlineOf(run, step),
  });
  yield* continueMap(run, step.id);
}

/** For all attempts, and all items, of the step together. */
function deadlineOf(
  run: Run,
  { timeout }: StepDefinition,
): { readonly deadline?: string } {
  const ms = timeout === undefined ? undefined : parseDuration(timeout);
  return ms === undefined ? {} : { deadline: fromNow(run.context, ms) };
}
