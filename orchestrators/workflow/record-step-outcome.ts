import type { ScopeStep, StepOutcome } from "../../src/domain/contracts";
import type { Failure } from "../../src/domain/errors";
import type { OrchestrationEventType } from "../../src/domain/history/orchestration-history";
import type { Json } from "../../src/domain/payload";
import type { StepProgress } from "../../src/domain/workflow/decide-next-steps";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";
import type { StepDefinition } from "../../src/domain/workflow/workflow-definition";
import { appendEvent, type WorkflowRun } from "./workflow-run";

/** Marks the step as settled, so that its dependents can start and expressions can use its output. */
export function recordStepOutcome(
  run: WorkflowRun,
  step: StepDefinition,
  outcome: StepOutcome,
): void {
  appendOutcomeEvent(run, step.id, step.kind, outcome);
  if (outcome.status === "completed") {
    const { status, output } = outcome;
    settleStep(run, step.id, { status }, { status, output });
    return;
  }
  const { status, error } = outcome;
  const { onError } = step;
  const output = {
    value: typeof onError === "object" ? onError.fallback : null,
  };
  settleStep(run, step.id, { status, error }, { status, output, error });
}

export const recordStepFailure = (
  run: WorkflowRun,
  step: StepDefinition,
  error: Failure,
): void => {
  recordStepOutcome(run, step, failedOutcome(error));
};

export function recordStepSkipped(
  run: WorkflowRun,
  { id, kind }: StepDefinition,
  because: "when" | "upstream",
): void {
  appendEvent(run, {
    type: "step.skipped",
    stepId: id,
    data: { kind, because },
  });
  const scopeStep: ScopeStep = { status: "skipped", output: { value: null } };
  settleStep(run, id, { status: "skipped", because }, scopeStep);
}

function settleStep(
  run: WorkflowRun,
  id: string,
  progress: StepProgress,
  scopeStep: ScopeStep,
): void {
  run.progress.set(id, progress);
  run.settledSteps.set(id, scopeStep);
}

/** The usage of map items is in their own events and in the event of the map. */
export function appendOutcomeEvent(
  run: WorkflowRun,
  stepId: string,
  kind: string,
  outcome: StepOutcome,
): void {
  const usage: Json = { ...outcome.usage };
  const turn = { ...run.turns.get(stepId), ...outcome.requestedModel };
  const [type, data]: [OrchestrationEventType, Record<string, Json>] =
    outcome.status === "completed"
      ? ["step.completed", { kind, usage, ...turn }]
      : ["step.failed", { kind, usage, ...turn, error: { ...outcome.error } }];
  appendEvent(run, { type, stepId, attempt: 1, data });
}
