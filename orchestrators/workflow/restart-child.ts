import {
  answerUnknown,
  maxUnknownAnswers,
  type TaskResult,
} from "../../src/domain/answers/answer";
import type { StepOutcome } from "../../src/domain/contracts";
import { startTimer } from "../../src/domain/durable/calls";
import {
  type DurableOperation,
  timeAfter,
} from "../../src/domain/durable/context";
import {
  awaitResult,
  stepTimeout,
  waitForAny,
} from "../../src/domain/durable/waits";
import type { Failure } from "../../src/domain/errors";
import {
  addFailure,
  nextRetryDelayMs,
  noRetry,
} from "../../src/domain/retry/retry-policy";
import { failedOutcome } from "../../src/domain/workflow/failed-outcome";
import { createChild } from "./create-child";
import {
  appendEvent,
  type RunningChild,
  type WorkflowRun,
} from "./workflow-run";

type LostAnswer = Exclude<TaskResult<StepOutcome>, { ok: true }> | undefined;

/**
 * Starts another child for the work item: the previous one failed, or its answer is unknown. The new child finds the
 * records of the previous one, which may still run. Returns the outcome instead if the failure is not the platform's or
 * the work item was started too often.
 */
export function* restartChild(
  run: WorkflowRun,
  child: RunningChild,
  answer: LostAnswer,
): DurableOperation<StepOutcome | undefined> {
  if (answer === undefined) {
    const unknownAnswers = child.unknownAnswers + 1;
    if (unknownAnswers > maxUnknownAnswers)
      return failedOutcome(answerUnknown.failure);
    startAgain(run, { ...child, unknownAnswers });
    return undefined;
  }
  const { failure } = answer;
  const failures = addFailure(child.failures, failure);
  const delayMs = nextRetryDelayMs(noRetry, failures, failure);
  if (delayMs === undefined) return failedOutcome(failure);
  const { deadline } = child.work;
  if (deadline !== undefined && timeAfter(run.context, delayMs) >= deadline) {
    const reason = ` Last error: ${failure.message}`;
    return failedOutcome(stepTimeout(deadline, reason).failure);
  }
  yield* delayRestart(run, child, delayMs, failure, failures.platform + 1);
  startAgain(run, { ...child, failures });
  return undefined;
}

/** The workflow does nothing else meanwhile: a task that runs cannot be part of a wait that also includes the timer. */
function* delayRestart(
  run: WorkflowRun,
  { work }: RunningChild,
  delayMs: number,
  { code, message }: Failure,
  attempt: number,
): DurableOperation<void> {
  appendEvent(run, {
    type: "step.retried",
    stepId: work.id,
    attempt,
    discriminator: "step",
    data: { call: "step", delayMs, error: { code, message } },
  });
  const timer = startTimer(run.context, delayMs);
  // Children that are planned start before the delay.
  yield* waitForAny(run.context, [...run.tasksToStart.splice(0), timer]);
  yield* awaitResult(timer);
}

/** Other children may start before this one settles, so it always notifies the workflow. */
function startAgain(run: WorkflowRun, child: RunningChild): void {
  const { work } = child;
  const pending = createChild(run, work, true);
  run.children.set(work.id, { ...child, pending });
  run.tasksToStart.push(pending);
}
