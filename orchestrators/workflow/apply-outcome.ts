import type { StepOutcome } from "../../src/domain/contracts";
import type { DurableOperation } from "../../src/domain/durable/context";
import { addUsage } from "../../src/domain/usage";
import { recordItemOutcome } from "./advance-map";
import { appendOutcomeEvent, recordStepOutcome } from "./record-step-outcome";
import type { WorkflowRun, WorkItem } from "./workflow-run";

/** Applies the outcome of a work item to its step or to its `map` step. */
export function* applyWorkOutcome(
  run: WorkflowRun,
  { id, step, item }: WorkItem,
  outcome: StepOutcome,
): DurableOperation<void> {
  run.usage = addUsage(run.usage, outcome.usage);
  if (step.kind !== "map" || item === undefined) {
    recordStepOutcome(run, step, outcome);
    return;
  }
  appendOutcomeEvent(run, id, step.step.kind, outcome);
  yield* recordItemOutcome(run, step.id, item.index, outcome);
}
