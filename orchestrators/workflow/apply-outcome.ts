import type { StepOutcome } from "../../src/model/contracts";
import type { Steps } from "../../src/model/durable";
import { settleItem } from "./continue-map";
import type { Run, Work } from "./run";
import { noteOutcome, settleStep, spend } from "./settle";

/** Work has ended: the step that it is, or the map that it is an item of, moves on. */
export function* applyOutcome(
  run: Run,
  { id, step, item }: Work,
  outcome: StepOutcome,
): Steps<void> {
  spend(run, outcome);
  if (step.kind !== "map" || item === undefined) {
    settleStep(run, step, outcome);
    return;
  }
  noteOutcome(run, id, step.step.kind, outcome);
  yield* settleItem(run, step.id, item.index, outcome);
}
