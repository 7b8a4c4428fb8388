import type { StepOutcome } from "../../src/model/contracts";
import type { Steps } from "../../src/model/durable";
import {
  firstFailure,
  isMapOver,
  itemsToBegin,
} from "../../src/model/map-progress";
import { addUsage, noUsage } from "../../src/model/usage";
import { gathered } from "./evaluate";
import type { MapRun, Run } from "./run";
import { failStep, settleStep } from "./settle";

/** Plans the items of a map that may begin, or settles the map when none are left. */
export function* continueMap(run: Run, id: string): Steps<void> {
  const map = run.maps.get(id);
  if (map === undefined) return;
  const positions = itemsToBegin(map.progress);
  const { step, items, deadline } = map;
  for (const index of positions)
    run.planned.push({
      id: `${id}.${index}`,
      step,
      item: { index, value: items[index] ?? { value: null } },
      ...(deadline !== undefined && { deadline }),
    });
  const begun = map.progress.begun + positions.length;
  map.progress = { ...map.progress, begun };
  if (isMapOver(map.progress)) yield* settleMap(run, map);
}

export function* settleItem(
  run: Run,
  id: string,
  index: number,
  outcome: StepOutcome,
): Steps<void> {
  const map = run.maps.get(id);
  if (map === undefined) return;
  const settled = new Map(map.progress.settled).set(index, outcome);
  map.progress = { ...map.progress, settled };
  yield* continueMap(run, id);
}

function* settleMap(run: Run, { step, items, progress }: MapRun): Steps<void> {
  const outcomes = items.flatMap(
    (_, index) => progress.settled.get(index) ?? [],
  );
  const usage = outcomes.map((each) => each.usage).reduce(addUsage, noUsage);
  const failure = firstFailure(progress);
  if (failure !== undefined) {
    const { code, message } = failure.outcome.error;
    const error = { code, message: `Item ${failure.index}: ${message}` };
    settleStep(run, step, { status: "failed", error, usage });
    return;
  }
  const outputs = outcomes.flatMap((each) =>
    each.status === "completed" ? [each.output] : [],
  );
  const output = yield* gathered(run, step.id, outputs);
  if (output.ok)
    settleStep(run, step, { status: "completed", output: output.value, usage });
  else failStep(run, step, output.failure);
}
