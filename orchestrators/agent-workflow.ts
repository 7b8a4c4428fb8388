import type { WorkflowInput } from "../src/model/contracts";
import {
  type OrchestrationContext,
  setStatus,
  type Steps,
} from "../src/model/durable";
import type { Payload } from "../src/model/payload";
import type { WorkflowEnd } from "../src/model/scheduler";
import { applyOutcome } from "./workflow/apply-outcome";
import { beginAll } from "./workflow/begin";
import { finish } from "./workflow/finish";
import { nextSettled } from "./workflow/next-settled";
import { newRun, note, type Run } from "./workflow/run";
import { startPlanned } from "./workflow/start-planned";

/** One execution of a workflow: begins steps as soon as what they need has settled, whatever else still runs. */
export function* agentWorkflow(
  context: OrchestrationContext,
  input: WorkflowInput,
): Steps<{ readonly output: Payload }> {
  const run = newRun(context, input);
  const { name: workflow, version } = input.definition;
  note(run, { type: "orchestration.started", data: { workflow, version } });
  for (;;) {
    const end = yield* startAll(run);
    if (end !== undefined) return yield* finish(run, end);
    setStatus(context, statusOf(run));
    const [{ work }, outcome] = yield* nextSettled(run);
    yield* applyOutcome(run, work, outcome);
  }
}

/** Work that cannot even be started settles at once, and others may be ready because of it. */
function* startAll(run: Run): Steps<WorkflowEnd | undefined> {
  for (;;) {
    const end = yield* beginAll(run);
    if (run.planned.length === 0) return end;
    yield* startPlanned(run);
  }
}

const namedAtMost = 5;

/** Below 2 KB whatever the workflow: the engine refuses larger ones. */
function statusOf({ progress, children, definition }: Run) {
  const steps = [...progress.values()];
  return {
    done: steps.filter(({ status }) => status !== "running").length,
    total: definition.steps.length,
    running: [...children.keys()].slice(0, namedAtMost),
  };
}
