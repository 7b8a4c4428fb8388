import type { Failure } from "../../src/model/durable";
import type { ScopeStep, StepOutcome } from "../../src/model/contracts";
import type { HistoryType } from "../../src/model/history";
import type { Json } from "../../src/model/payload";
import type { StepProgress } from "../../src/model/scheduler";
import { addUsage, noUsage } from "../../src/model/usage";
import type { StepDefinition } from "../../src/model/workflow";
import { note, type Run } from "./run";

/** The step has ended: from now on others may go on, and expressions may name it. */
export function settleStep(
  run: Run,
  step: StepDefinition,
  outcome: StepOutcome,
): void {
  noteOutcome(run, step.id, step.kind, outcome);
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

export const failStep = (
  run: Run,
  step: StepDefinition,
  error: Failure,
): void => {
  settleStep(run, step, { status: "failed", error, usage: noUsage });
};

export function skipStep(
  run: Run,
  { id, kind }: StepDefinition,
  because: "when" | "upstream",
): void {
  note(run, { type: "step.skipped", stepId: id, data: { kind, because } });
  const scopeStep: ScopeStep = { status: "skipped", output: { value: null } };
  settle(run, id, { status: "skipped", because }, scopeStep);
}

function settle(
  run: Run,
  id: string,
  progress: StepProgress,
  scopeStep: ScopeStep,
): void {
  run.progress.set(id, progress);
  run.settled.set(id, scopeStep);
}

/** Items of a map have rows of their own; their usage counts with the map's. */
export function noteOutcome(
  run: Run,
  stepId: string,
  kind: string,
  outcome: StepOutcome,
): void {
  const usage: Json = { ...outcome.usage };
  const turn = { ...run.turns.get(stepId), ...outcome.asked };
  const [type, data]: [HistoryType, Record<string, Json>] =
    outcome.status === "completed"
      ? ["step.completed", { kind, usage, ...turn }]
      : ["step.failed", { kind, usage, ...turn, error: { ...outcome.error } }];
  note(run, { type, stepId, attempt: 1, data });
}

export function spend(run: Run, outcome: StepOutcome): void {
  run.usage = addUsage(run.usage, outcome.usage);
}
