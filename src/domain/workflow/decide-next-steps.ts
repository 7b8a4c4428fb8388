/**
 * Decides which steps run next. Pure: depends only on the current progress, not on the order in which the steps settled.
 *
 * 1. A step is ready when all of its needs have settled, that is, are completed, failed or skipped.
 * 2. A failure is fatal unless the step's `onError` tolerates it. A step is skipped if one of its needs failed fatally or
 *    was itself skipped for this reason ("upstream").
 * 3. A step that was skipped by its own `when` does not cause its dependents to be skipped.
 * 4. The workflow ends when every step has settled; it fails if a step failed fatally.
 */
import type { Failure } from "../errors";
import { stepNeeds } from "./step-needs";
import type { StepDefinition, WorkflowDefinition } from "./workflow-definition";

export type StepProgress =
  | { readonly status: "running" }
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly error: Failure }
  | { readonly status: "skipped"; readonly because: "when" | "upstream" };

export type WorkflowProgress = Readonly<Record<string, StepProgress>>;

export type WorkflowResult =
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly error: Failure };

interface SchedulingDecision {
  /** Steps to start, unless their `when` is false. */
  readonly ready: readonly StepDefinition[];
  /** Steps to skip because of their needs. */
  readonly skipped: readonly StepDefinition[];
  /** Present when the workflow has ended. */
  readonly result?: WorkflowResult;
}

export function decideNextSteps(
  definition: WorkflowDefinition,
  progress: WorkflowProgress,
): SchedulingDecision {
  const getProgress = progressLookup(definition, progress);
  const candidates = definition.steps.filter(
    (step) =>
      getProgress(step.id) === undefined &&
      stepNeeds(definition, step).every((id) => isSettled(getProgress(id))),
  );
  const isBlocked = (step: StepDefinition): boolean =>
    stepNeeds(definition, step).some((id) => blocks(getProgress(id), id));
  const blocks = (need: StepProgress | undefined, id: string): boolean =>
    (need?.status === "skipped" && need.because === "upstream") ||
    (need?.status === "failed" && !isTolerated(definition, id));
  const result = workflowResult(definition, getProgress);
  return {
    ready: candidates.filter((step) => !isBlocked(step)),
    skipped: candidates.filter(isBlocked),
    ...(result !== undefined && { result }),
  };
}

type ProgressLookup = (id: string) => StepProgress | undefined;

/** Ignores properties that every object inherits, such as `constructor`. */
const progressLookup = (
  definition: WorkflowDefinition,
  progress: WorkflowProgress,
): ProgressLookup => {
  const known = new Set(definition.steps.map(({ id }) => id));
  return (id) =>
    known.has(id) && Object.hasOwn(progress, id) ? progress[id] : undefined;
};

const isSettled = (step: StepProgress | undefined): boolean =>
  step !== undefined && step.status !== "running";

function isTolerated(definition: WorkflowDefinition, id: string): boolean {
  const step = definition.steps.find((each) => each.id === id);
  return step?.onError !== undefined && step.onError !== "fail";
}

function workflowResult(
  definition: WorkflowDefinition,
  getProgress: ProgressLookup,
): WorkflowResult | undefined {
  if (!definition.steps.every(({ id }) => isSettled(getProgress(id))))
    return undefined;
  for (const { id } of definition.steps) {
    const step = getProgress(id);
    if (step?.status !== "failed" || isTolerated(definition, id)) continue;
    const { code, message } = step.error;
    const error = { code, message: `Step "${id}" failed: ${message}` };
    return { status: "failed", error };
  }
  return { status: "completed" };
}
