import type { WorkflowInput } from "../src/domain/contracts";
import {
  type OrchestrationContext,
  setCustomStatus,
  type DurableOperation,
} from "../src/domain/durable";
import type { Payload } from "../src/domain/payload";
import type { WorkflowResult } from "../src/domain/workflow/decide-next-steps";
import { applyWorkOutcome } from "./workflow/apply-outcome";
import { planReadySteps } from "./workflow/plan-ready-steps";
import { finishWorkflow } from "./workflow/finish-workflow";
import { waitForNextStep } from "./workflow/wait-for-step";
import {
  createWorkflowRun,
  appendEvent,
  type WorkflowRun,
} from "./workflow/workflow-run";
import { startPlannedWork } from "./workflow/start-planned-work";

/** One execution of a workflow: begins steps as soon as what they need has settled, whatever else still runs. */
export function* agentWorkflow(
  context: OrchestrationContext,
  input: WorkflowInput,
): DurableOperation<{ readonly output: Payload }> {
  const run = createWorkflowRun(context, input);
  const { name: workflow, version } = input.definition;
  appendEvent(run, {
    type: "orchestration.started",
    data: { workflow, version },
  });
  for (;;) {
    const end = yield* startAll(run);
    if (end !== undefined) return yield* finishWorkflow(run, end);
    setCustomStatus(context, statusOf(run));
    const [{ work }, outcome] = yield* waitForNextStep(run);
    yield* applyWorkOutcome(run, work, outcome);
  }
}

/** Work that cannot even be started settles at once, and others may be ready because of it. */
function* startAll(
  run: WorkflowRun,
): DurableOperation<WorkflowResult | undefined> {
  for (;;) {
    const end = yield* planReadySteps(run);
    if (run.plannedWork.length === 0) return end;
    yield* startPlannedWork(run);
  }
}

const namedAtMost = 5;

/** Below 2 KB whatever the workflow: the engine refuses larger ones. */
function statusOf({ progress, children, definition }: WorkflowRun) {
  const steps = [...progress.values()];
  return {
    done: steps.filter(({ status }) => status !== "running").length,
    total: definition.steps.length,
    running: [...children.keys()].slice(0, namedAtMost),
  };
}
