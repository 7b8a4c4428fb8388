/**
 * Waits until any of the running children has settled (docs/adr/0002-waiting-for-any-step.md).
 *
 * 1. A child is part of exactly one `waitForAny`: the one that starts it. Later it is awaited by itself, and only if it
 *    has settled or will soon: it is the last child, or its `stepSettled` event has arrived.
 * 2. An event that arrives while no wait for it is active completes the latest open wait. So each wait for an event is
 *    kept until its event has been read.
 * 3. An event for a step that is not running is late or was raised by another client, and is ignored.
 */
import { type StepOutcome, stepSettledEvent } from "../../src/domain/contracts";
import {
  awaitResult,
  awaitTask,
  type DurableOperation,
  externalEvent,
  isTaskSettled,
  waitForAny,
} from "../../src/domain/durable";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";
import { startRecordingEvents } from "./record-events";
import type { RunningChild, WorkflowRun, WorkItem } from "./workflow-run";

export function* waitForNextStep(
  run: WorkflowRun,
): DurableOperation<readonly [WorkItem, StepOutcome]> {
  for (;;) {
    const settled = findSettledChild(run);
    if (settled !== undefined) return yield* takeOutcome(run, settled);
    run.tasksToStart.push(...(yield* startRecordingEvents(run)));
    const [last, ...others] = run.children.values();
    const next =
      (yield* readNotifiedChild(run)) ??
      (others.length === 0 ? last : undefined);
    if (next !== undefined) {
      yield* startOtherTasks(run, next);
      return yield* takeOutcome(run, next);
    }
    yield* waitForNotification(run);
  }
}

const findSettledChild = (run: WorkflowRun): RunningChild | undefined =>
  [...run.children.values()].find(({ pending }) => isTaskSettled(pending));

function* readNotifiedChild(
  run: WorkflowRun,
): DurableOperation<RunningChild | undefined> {
  for (const wait of run.stepSettledWaits.filter(isTaskSettled)) {
    run.stepSettledWaits.splice(run.stepSettledWaits.indexOf(wait), 1);
    const child = run.children.get(readStepId(yield* awaitTask(wait)));
    if (child !== undefined) return child;
  }
  return undefined;
}

/** Other clients can raise an event of that name with any data. */
function readStepId(data: unknown): string {
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null) return "";
  return "stepId" in data && typeof data.stepId === "string" ? data.stepId : "";
}

/**
 * Starts the new tasks. They exclude an awaited child that already runs (1). The wait is short: it ends at the latest
 * when the start of the new steps has been recorded.
 */
function* startOtherTasks(
  run: WorkflowRun,
  awaited: RunningChild,
): DurableOperation<void> {
  const tasks = run.tasksToStart.splice(0);
  if (tasks.some((task) => task !== awaited.pending))
    yield* waitForAny(run.context, tasks);
}

function* takeOutcome(
  run: WorkflowRun,
  { work, pending }: RunningChild,
): DurableOperation<readonly [WorkItem, StepOutcome]> {
  const result = yield* awaitResult(pending);
  run.children.delete(work.id);
  return [work, result.ok ? result.value : failedOutcome(result.failure)];
}

function* waitForNotification(run: WorkflowRun): DurableOperation<void> {
  const tasks = run.tasksToStart.splice(0);
  const open = run.stepSettledWaits.at(-1);
  if (tasks.length === 0 && open !== undefined) {
    yield* awaitResult(open);
    return;
  }
  const wait = externalEvent(run.context, stepSettledEvent);
  run.stepSettledWaits.push(wait);
  yield* waitForAny(run.context, [...tasks, wait]);
}
