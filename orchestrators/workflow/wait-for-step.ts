/**
 * Waits until any of the running children has settled (docs/adr/0002-waiting-for-any-step.md).
 *
 * 1. A child is part of exactly one `waitForAny`: the one that starts it. Later it is awaited by itself, and only if it
 *    has settled or will soon: it is the last child, or its `stepSettled` event has arrived.
 * 2. An event that arrives while no wait for it is active completes the latest open wait. So each wait for an event is
 *    kept until its event has been read.
 * 3. An event of a child that is not running is ignored: it is late, belongs to a child that was started again or that
 *    the history does not contain, or was raised by another client.
 */
import { type StepOutcome, stepSettledEvent } from "../../src/domain/contracts";
import { externalEvent } from "../../src/domain/durable/calls";
import type { DurableOperation } from "../../src/domain/durable/context";
import {
  isTaskSettled,
  scheduledCall,
} from "../../src/domain/durable/pending-task";
import {
  awaitAnswer,
  awaitResult,
  waitForAny,
} from "../../src/domain/durable/waits";
import { startRecordingEvents } from "./record-events";
import { restartChild } from "./restart-child";
import type { RunningChild, WorkflowRun, WorkItem } from "./workflow-run";

export function* waitForNextStep(
  run: WorkflowRun,
): DurableOperation<readonly [WorkItem, StepOutcome]> {
  for (;;) {
    const child = findSettledChild(run) ?? (yield* findEndingChild(run));
    if (child === undefined) {
      yield* waitForNotification(run);
      continue;
    }
    const outcome = yield* takeOutcome(run, child);
    if (outcome !== undefined) return [child.work, outcome];
  }
}

const findSettledChild = (run: WorkflowRun): RunningChild | undefined =>
  [...run.children.values()].find(({ pending }) => isTaskSettled(pending));

/** Returns the child that has notified the workflow, or else the last one, after starting all other tasks. */
function* findEndingChild(
  run: WorkflowRun,
): DurableOperation<RunningChild | undefined> {
  run.tasksToStart.push(...(yield* startRecordingEvents(run)));
  const [last, ...others] = run.children.values();
  const child =
    (yield* readNotifiedChild(run)) ?? (others.length === 0 ? last : undefined);
  if (child !== undefined) yield* startOtherTasks(run, child);
  return child;
}

function* readNotifiedChild(
  run: WorkflowRun,
): DurableOperation<RunningChild | undefined> {
  for (const wait of run.stepSettledWaits.filter(isTaskSettled)) {
    run.stepSettledWaits.splice(run.stepSettledWaits.indexOf(wait), 1);
    const event = yield* awaitResult(wait);
    const child = event.ok ? findChild(run, event.value) : undefined;
    if (child !== undefined) return child;
  }
  return undefined;
}

/** Other clients can raise an event of that name with any data. */
function findChild(run: WorkflowRun, data: unknown): RunningChild | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const stepId = "stepId" in data ? data.stepId : undefined;
  const child =
    typeof stepId === "string" ? run.children.get(stepId) : undefined;
  const call = "child" in data ? data.child : undefined;
  return child !== undefined && scheduledCall(child.pending) === call
    ? child
    : undefined;
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

/** Returns undefined if another child was started for the work item. */
function* takeOutcome(
  run: WorkflowRun,
  child: RunningChild,
): DurableOperation<StepOutcome | undefined> {
  const answer = yield* awaitAnswer(child.pending);
  const outcome =
    answer?.ok === true
      ? answer.value
      : yield* restartChild(run, child, answer);
  if (outcome !== undefined) run.children.delete(child.work.id);
  return outcome;
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
