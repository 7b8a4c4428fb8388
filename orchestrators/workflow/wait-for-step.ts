/**
 * Waits until any of the children has settled (docs/adr/0002-waiting-for-any-step.md).
 *
 * 1. A child is part of one `first` only, the one that starts it. Later it is awaited alone, when it is known to
 *    have settled or to be about to: it is the last, or its `stepSettled` event has come.
 * 2. An event may come while nobody waits for it, and then answers the latest wait that is still open. So every wait
 *    for an event is kept until its answer has been read.
 * 3. An event of a step that is not running is late or not ours, and means nothing.
 */
import { type StepOutcome, stepSettledEvent } from "../../src/domain/contracts";
import {
  waitForAny,
  isTaskSettled,
  externalEvent,
  awaitResult,
  type DurableOperation,
  awaitTask,
} from "../../src/domain/durable";
import { noUsage } from "../../src/domain/usage";
import { startRecordingEvents } from "./record-events";
import type { RunningChild, WorkflowRun } from "./workflow-run";

export function* waitForNextStep(
  run: WorkflowRun,
): DurableOperation<readonly [RunningChild, StepOutcome]> {
  for (;;) {
    const settled = settledChild(run);
    if (settled !== undefined) return yield* taken(run, settled);
    run.tasksToStart.push(...(yield* startRecordingEvents(run)));
    const [last, ...others] = run.children.values();
    const awaited =
      (yield* announcedChild(run)) ?? (others.length === 0 ? last : undefined);
    if (awaited === undefined) {
      yield* wakeUp(run);
      continue;
    }
    yield* startBeside(run, awaited);
    return yield* taken(run, awaited);
  }
}

const settledChild = (run: WorkflowRun): RunningChild | undefined =>
  [...run.children.values()].find(({ pending }) => isTaskSettled(pending));

function* announcedChild(
  run: WorkflowRun,
): DurableOperation<RunningChild | undefined> {
  for (const event of run.stepSettledWaits.filter(isTaskSettled)) {
    run.stepSettledWaits.splice(run.stepSettledWaits.indexOf(event), 1);
    const child = run.children.get(stepIdIn(yield* awaitTask(event)));
    if (child !== undefined) return child;
  }
  return undefined;
}

/** Anybody may raise an event of that name, with anything in it. */
function stepIdIn(data: unknown): string {
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null) return "";
  return "stepId" in data && typeof data.stepId === "string" ? data.stepId : "";
}

/**
 * Starts the others first. The child that is awaited may run already and then must not be in this wait (1); it is
 * short all the same, because whatever starts is recorded, and the record is in it.
 */
function* startBeside(
  run: WorkflowRun,
  awaited: RunningChild,
): DurableOperation<void> {
  const toStart = run.tasksToStart.splice(0);
  if (toStart.some((pending) => pending !== awaited.pending))
    yield* waitForAny(run.context, toStart);
}

function* taken(
  run: WorkflowRun,
  { work, pending }: RunningChild,
): DurableOperation<readonly [RunningChild, StepOutcome]> {
  const settled = yield* awaitResult(pending);
  run.children.delete(work.id);
  return [
    { work, pending },
    settled.ok
      ? settled.value
      : { status: "failed", error: settled.failure, usage: noUsage },
  ];
}

function* wakeUp(run: WorkflowRun): DurableOperation<void> {
  const toStart = run.tasksToStart.splice(0);
  const open = run.stepSettledWaits.at(-1);
  if (toStart.length === 0 && open !== undefined) {
    yield* awaitResult(open);
    return;
  }
  const event = externalEvent(run.context, stepSettledEvent);
  run.stepSettledWaits.push(event);
  yield* waitForAny(run.context, [...toStart, event]);
}
