/**
 * Decides which steps run. Pure: the same progress gives the same decision, in whatever order it came about.
 *
 * 1. A step is ready when all that it needs has settled; nothing else holds it back.
 * 2. A step that needs one that failed for good, or that was skipped because of such a one, is skipped.
 * 3. A step that was skipped by its own `when` does not hold back those that need it.
 * 4. The workflow is over when every step has settled; it has failed when a step failed for good.
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

export interface SchedulingDecision {
  /** Steps to begin; their `when` is still to be asked. */
  readonly ready: readonly StepDefinition[];
  /** Steps that will never run, because of what they need. */
  readonly skipped: readonly StepDefinition[];
  readonly result?: WorkflowResult;
}

export function decideNextSteps(
  definition: WorkflowDefinition,
  progress: WorkflowProgress,
): SchedulingDecision {
  const stateOf = progressByStep(definition, progress);
  const due = definition.steps.filter(
    (step) =>
      stateOf(step.id) === undefined &&
      stepNeeds(definition, step).every((id) => isSettled(stateOf(id))),
  );
  const isHeldBack = (step: StepDefinition): boolean =>
    stepNeeds(definition, step).some((id) => holdsBack(stateOf(id), id));
  const holdsBack = (state: StepProgress | undefined, id: string): boolean =>
    (state?.status === "skipped" && state.because === "upstream") ||
    (state?.status === "failed" && !isTolerated(definition, id));
  const end = endOf(definition, stateOf);
  return {
    ready: due.filter((step) => !isHeldBack(step)),
    skipped: due.filter(isHeldBack),
    ...(end !== undefined && { result: end }),
  };
}

type StateOf = (id: string) => StepProgress | undefined;

/** Ids such as `constructor` must not find what every object has. */
const progressByStep = (
  definition: WorkflowDefinition,
  progress: WorkflowProgress,
): StateOf => {
  const known = new Set(definition.steps.map(({ id }) => id));
  return (id) =>
    known.has(id) && Object.hasOwn(progress, id) ? progress[id] : undefined;
};

const isSettled = (state: StepProgress | undefined): boolean =>
  state !== undefined && state.status !== "running";

/** Whether the workflow goes on when the step fails. */
function isTolerated(definition: WorkflowDefinition, id: string): boolean {
  const step = definition.steps.find((each) => each.id === id);
  return step?.onError !== undefined && step.onError !== "fail";
}

function endOf(
  definition: WorkflowDefinition,
  stateOf: StateOf,
): WorkflowResult | undefined {
  if (!definition.steps.every(({ id }) => isSettled(stateOf(id))))
    return undefined;
  for (const { id } of definition.steps) {
    const state = stateOf(id);
    if (state?.status !== "failed" || isTolerated(definition, id)) continue;
    const { code, message } = state.error;
    const error = { code, message: `Step "${id}" failed: ${message}` };
    return { status: "failed", error };
  }
  return { status: "completed" };
}
