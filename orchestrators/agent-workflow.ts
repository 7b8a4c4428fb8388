import type { WorkflowInput, WorkflowOutput } from "../src/domain/contracts";
import {
  type DurableOperation,
  type OrchestrationContext,
  setCustomStatus,
} from "../src/domain/durable/context";
import type { WorkflowResult } from "../src/domain/workflow/decide-next-steps";
import { applyWorkOutcome } from "./workflow/apply-outcome";
import { finishWorkflow } from "./workflow/finish-workflow";
import { planReadySteps } from "./workflow/plan-ready-steps";
import { startPlannedWork } from "./workflow/start-planned-work";
import { waitForNextStep } from "./workflow/wait-for-step";
import {
  appendEvent,
  createWorkflowRun,
  type WorkflowRun,
} from "./workflow/workflow-run";

/** Runs a workflow: each step starts as soon as its needs have settled. */
export function* agentWorkflow(
  context: OrchestrationContext,
  input: WorkflowInput,
): DurableOperation<WorkflowOutput> {
  const run = createWorkflowRun(context, input);
  appendStartEvents(run);
  for (;;) {
    const result = yield* startReadySteps(run);
    if (result !== undefined) return yield* finishWorkflow(run, result);
    setCustomStatus(context, toCustomStatus(run));
    const [work, outcome] = yield* waitForNextStep(run);
    yield* applyWorkOutcome(run, work, outcome);
  }
}

/** The start is recorded and published once. */
function appendStartEvents(run: WorkflowRun): void {
  const { definition, resumption, resumedAfter } = run.input;
  const { name: workflow, version } = definition;
  if (resumedAfter?.startedAt === undefined)
    appendEvent(run, {
      type: "orchestration.started",
      data: { workflow, version },
    });
  if (resumption !== undefined && resumedAfter !== undefined)
    appendEvent(run, {
      type: "orchestration.resumed",
      discriminator: String(resumption),
      data: { resumption, error: { ...resumedAfter.error } },
    });
}

/** Repeats, because work that fails to start settles immediately, and other steps may then be ready. */
function* startReadySteps(
  run: WorkflowRun,
): DurableOperation<WorkflowResult | undefined> {
  for (;;) {
    const result = yield* planReadySteps(run);
    if (run.plannedWork.length === 0) return result;
    yield* startPlannedWork(run);
  }
}

const maxRunningIds = 5;

/** Below the engine's limit of 2 KB for any workflow. */
function toCustomStatus({ progress, children, definition }: WorkflowRun) {
  const steps = [...progress.values()];
  return {
    done: steps.filter(({ status }) => status !== "running").length,
    total: definition.steps.length,
    running: [...children.keys()].slice(0, maxRunningIds),
  };
}
