import type { StepOutcome } from "../../src/domain/contracts";
import type { DurableOperation } from "../../src/domain/durable";
import {
  firstFailedItem,
  isMapDone,
  itemsToStart,
} from "../../src/domain/workflow/map-progress";
import { addUsage, noUsage } from "../../src/domain/usage";
import { collectOutputs } from "./evaluate";
import type { MapRun, WorkflowRun } from "./workflow-run";
import { recordStepFailure, recordStepOutcome } from "./record-step-outcome";

/** Plans the items of a map that may begin, or settles the map when none are left. */
export function* advanceMap(
  run: WorkflowRun,
  id: string,
): DurableOperation<void> {
  const map = run.maps.get(id);
  if (map === undefined) return;
  const positions = itemsToStart(map.progress);
  const { step, items, deadline } = map;
  for (const index of positions)
    run.plannedWork.push({
      id: `${id}.${index}`,
      step,
      item: { index, value: items[index] ?? { value: null } },
      ...(deadline !== undefined && { deadline }),
    });
  const begun = map.progress.started + positions.length;
  map.progress = { ...map.progress, started: begun };
  if (isMapDone(map.progress)) yield* settleMap(run, map);
}

export function* recordItemOutcome(
  run: WorkflowRun,
  id: string,
  index: number,
  outcome: StepOutcome,
): DurableOperation<void> {
  const map = run.maps.get(id);
  if (map === undefined) return;
  const settled = new Map(map.progress.settled).set(index, outcome);
  map.progress = { ...map.progress, settled };
  yield* advanceMap(run, id);
}

function* settleMap(
  run: WorkflowRun,
  { step, items, progress }: MapRun,
): DurableOperation<void> {
  const outcomes = items.flatMap(
    (_, index) => progress.settled.get(index) ?? [],
  );
  const usage = outcomes.map((each) => each.usage).reduce(addUsage, noUsage);
  const failure = firstFailedItem(progress);
  if (failure !== undefined) {
    const { code, message } = failure.outcome.error;
    const error = { code, message: `Item ${failure.index}: ${message}` };
    recordStepOutcome(run, step, { status: "failed", error, usage });
    return;
  }
  const outputs = outcomes.flatMap((each) =>
    each.status === "completed" ? [each.output] : [],
  );
  const output = yield* collectOutputs(run, step.id, outputs);
  if (output.ok)
    recordStepOutcome(run, step, {
      status: "completed",
      output: output.value,
      usage,
    });
  else recordStepFailure(run, step, output.failure);
}
