import type { Failure } from "../../src/domain/durable";
import type { ScopeStep, StepOutcome } from "../../src/domain/contracts";
import type { OrchestrationEventType } from "../../src/domain/history/orchestration-history";
import type { Json } from "../../src/domain/payload";
import type { StepProgress } from "../../src/domain/workflow/decide-next-steps";
import { addUsage, noUsage } from "../../src/domain/usage";
import type { StepDefinition } from "../../src/domain/workflow/workflow-definition";
import { appendEvent, type WorkflowRun } from "./workflow-run";

/** The step has ended: from now on others may go on, and expressions may name it. */
export function recordStepOutcome(
  run: WorkflowRun,
  step: StepDefinition,
  outcome: StepOutcome,
): void {
  appendOutcomeEvent(run, step.id, step.kind, outcome);
  if (outcome.status === "completed") {
    const { output } = outcome;
    settle(
      run,
      step.id,
      { status: "completed" },
      { status: "completed", output },
    );
    return;
  }
  const { error } = outcome;
  const { onError } = step;
  const output = {
    value: typeof onError === "object" ? onError.fallback : null,
  };
  settle(
    run,
    step.id,
    { status: "failed", error },
    { status: "failed", output, error },
  );
}

export const recordStepFailure = (
  run: WorkflowRun,
  step: StepDefinition,
  error: Failure,
): void => {
  recordStepOutcome(run, step, { status: "failed", error, usage: noUsage });
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
  settle(run, id, { status: "skipped", because }, scopeStep);
}

function settle(
  run: WorkflowRun,
  id: string,
  progress: StepProgress,
  scopeStep: ScopeStep,
): void {
  run.progress.set(id, progress);
  run.settledSteps.set(id, scopeStep);
}

/** Items of a map have rows of their own; their usage counts with the map's. */
export function appendOutcomeEvent(
  run: WorkflowRun,
  stepId: string,
  kind: string,
  outcome: StepOutcome,
): void {
  const usage: Json = { ...outcome.usage };
  const turn = { ...run.turns.get(stepId), ...outcome.asked };
  const [type, data]: [OrchestrationEventType, Record<string, Json>] =
    outcome.status === "completed"
      ? ["step.completed", { kind, usage, ...turn }]
      : ["step.failed", { kind, usage, ...turn, error: { ...outcome.error } }];
  appendEvent(run, { type, stepId, attempt: 1, data });
}

export function addRunUsage(run: WorkflowRun, outcome: StepOutcome): void {
  run.usage = addUsage(run.usage, outcome.usage);
}
