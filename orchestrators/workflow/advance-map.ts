import type { StepOutcome } from "../../src/domain/contracts";
import type { DurableOperation } from "../../src/domain/durable/context";
import { addUsage, noUsage } from "../../src/domain/usage";
import {
  firstFailedItem,
  isMapDone,
  itemsToStart,
} from "../../src/domain/workflow/map-progress";
import { collectOutputs } from "./evaluate";
import { recordStepFailure, recordStepOutcome } from "./record-step-outcome";
import type { MapRun, WorkflowRun } from "./workflow-run";

/** Plans the items that can start, or completes the map. */
export function* advanceMap(
  run: WorkflowRun,
  id: string,
): DurableOperation<void> {
  const map = run.maps.get(id);
  if (map === undefined) return;
  const indexes = itemsToStart(map.progress);
  const { step, items, deadline } = map;
  for (const index of indexes)
    run.plannedWork.push({
      id: `${id}.${index}`,
      step,
      item: { index, value: items[index] ?? { value: null } },
      ...(deadline !== undefined && { deadline }),
    });
  const started = map.progress.started + indexes.length;
  map.progress = { ...map.progress, started };
  if (isMapDone(map.progress)) yield* completeMap(run, map);
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

function* completeMap(
  run: WorkflowRun,
  { step, items, progress }: MapRun,
): DurableOperation<void> {
  const outcomes = items.flatMap(
    (_, index) => progress.settled.get(index) ?? [],
  );
  const usage = outcomes.map((each) => each.usage).reduce(addUsage, noUsage);
  const failed = firstFailedItem(progress);
  if (failed !== undefined) {
    const { code, message } = failed.outcome.error;
    const error = { code, message: `Item ${failed.index}: ${message}` };
    recordStepOutcome(run, step, { status: "failed", error, usage });
    return;
  }
  const outputs = outcomes.flatMap((each) =>
    each.status === "completed" ? [each.output] : [],
  );
  const output = yield* collectOutputs(run, step.id, outputs);
  if (!output.ok) recordStepFailure(run, step, output.failure);
  else
    recordStepOutcome(run, step, {
      status: "completed",
      output: output.value,
      usage,
    });
}
