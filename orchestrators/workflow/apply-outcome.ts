import type { StepOutcome } from "../../src/domain/contracts";
import type { DurableOperation } from "../../src/domain/durable";
import { recordItemOutcome } from "./advance-map";
import type { WorkflowRun, WorkItem } from "./workflow-run";
import {
  appendOutcomeEvent,
  recordStepOutcome,
  addRunUsage,
} from "./record-step-outcome";

/** Work has ended: the step that it is, or the map that it is an item of, moves on. */
export function* applyWorkOutcome(
  run: WorkflowRun,
  { id, step, item }: WorkItem,
  outcome: StepOutcome,
): DurableOperation<void> {
  addRunUsage(run, outcome);
  if (step.kind !== "map" || item === undefined) {
    recordStepOutcome(run, step, outcome);
    return;
  }
  appendOutcomeEvent(run, id, step.step.kind, outcome);
  yield* recordItemOutcome(run, step.id, item.index, outcome);
}
