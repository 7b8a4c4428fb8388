/**
 * Waits for calls. A retry is another attempt after `sleep`, not a retry of durable-functions, because the error code
 * decides whether to retry.
 */
import type { OrchestrationContext, Task, TimerTask } from "durable-functions";
import {
  answerUnknown,
  maxUnknownAnswers,
  type TaskResult,
} from "../answers/answer";
import type { ActivityContract } from "../contract";
import type { Failure } from "../errors";
import { parseTaskFailure } from "../task-failure";
import { startActivity, startTimer, startTimerUntil } from "./calls";
import { currentTime, type DurableOperation } from "./context";
import {
  forgetTask,
  isTaskSettled,
  type PendingTask,
  scheduleTask,
  scheduleTasks,
} from "./pending-task";

/** Waits for one call by itself. Returns undefined if its answer is unknown; then the next wait makes the call again. */
export function* awaitAnswer<Result>(
  pending: PendingTask<Result>,
): DurableOperation<TaskResult<Result> | undefined> {
  const { task, read } = scheduleTask(pending);
  const answer = read(yield* settle(task));
  if (answer === undefined) forgetTask(pending);
  return answer;
}

function* settle(task: Task): DurableOperation<TaskResult<unknown>> {
  try {
    return { ok: true, value: yield task };
  } catch (thrown) {
    return { ok: false, failure: parseTaskFailure(thrown) };
  }
}

/** Waits for one call by itself; repeats it while its answer is unknown. */
export function* awaitResult<Result>(
  pending: PendingTask<Result>,
): DurableOperation<TaskResult<Result>> {
  for (let count = 0; count <= maxUnknownAnswers; count++) {
    const answer = yield* awaitAnswer(pending);
    if (answer !== undefined) return answer;
  }
  return answerUnknown;
}

export const callActivity = <Input, Output>(
  context: OrchestrationContext,
  contract: ActivityContract<Input, Output>,
  input: Input,
): DurableOperation<TaskResult<Output>> =>
  awaitResult(startActivity(context, contract, input));

export const sleep = (
  context: OrchestrationContext,
  ms: number,
): DurableOperation<unknown> => awaitResult(startTimer(context, ms));

/** Makes all calls and waits until one has settled; `isTaskSettled` shows which. */
export function* waitForAny(
  context: OrchestrationContext,
  pending: readonly PendingTask<unknown>[],
): DurableOperation<void> {
  yield context.df.Task.any(scheduleTasks(pending));
}

/**
 * Makes all calls and waits until each has completed or failed; repeats those whose answer is unknown. A call that is
 * still running at the deadline has failed with `step_timeout`.
 */
export function* waitForAll<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
  deadline?: string,
): DurableOperation<readonly TaskResult<Result>[]> {
  const results = new Map<PendingTask<Result>, TaskResult<Result>>();
  let open = pending;
  for (let count = 0; open.length > 0 && count <= maxUnknownAnswers; count++) {
    const answers = yield* waitOnce(context, open, deadline);
    for (const [each, answer] of answers)
      if (answer !== undefined) results.set(each, answer);
    open = open.filter((each) => !results.has(each));
  }
  return pending.map((each) => results.get(each) ?? answerUnknown);
}

type Answers<Result> = readonly (readonly [
  PendingTask<Result>,
  TaskResult<Result> | undefined,
])[];

function* waitOnce<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
  deadline: string | undefined,
): DurableOperation<Answers<Result>> {
  if (deadline !== undefined)
    return yield* waitUntil(context, pending, deadline);
  if (pending.length > 1)
    // Fails with the first failure, while other tasks still run. Each is awaited by itself below.
    yield* settle(context.df.Task.all(scheduleTasks(pending)));
  return yield* awaitAnswers(pending);
}

function* waitUntil<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
  deadline: string,
): DurableOperation<Answers<Result>> {
  const tasks = scheduleTasks(pending);
  const [only] = tasks;
  const work =
    only !== undefined && tasks.length === 1
      ? only
      : context.df.Task.all(tasks);
  const timer = startTimerUntil(context, Date.parse(deadline));
  const timerTask = scheduleTask(timer).task;
  yield context.df.Task.any([work, timerTask]);
  if (isTaskSettled(timer)) {
    if ((yield* awaitAnswer(timer)) !== undefined)
      return yield* settledAnswers(pending, deadline);
  }
  // An orchestration with an open timer does not end.
  else (timerTask as TimerTask).cancel();
  // Tasks may still run: after a failure of another, or because the answer of another call ended the timer. A second
  // wait for them and a timer is not allowed. The orchestration cannot complete before they return, so waiting for each
  // by itself costs no time.
  const answers = yield* awaitAnswers(pending);
  return currentTime(context) < deadline
    ? answers
    : answers.map(([each, answer]) => [
        each,
        answer?.ok === false ? answer : stepTimeout(deadline),
      ]);
}

function* settledAnswers<Result>(
  pending: readonly PendingTask<Result>[],
  deadline: string,
): DurableOperation<Answers<Result>> {
  const settled = yield* awaitAnswers(pending.filter(isTaskSettled));
  const answers = new Map(settled);
  return pending.map((each) => [
    each,
    answers.get(each) ?? stepTimeout(deadline),
  ]);
}

function* awaitAnswers<Result>(
  pending: readonly PendingTask<Result>[],
): DurableOperation<Answers<Result>> {
  const answers: Answers<Result>[number][] = [];
  for (const each of pending) answers.push([each, yield* awaitAnswer(each)]);
  return answers;
}

export const stepTimeout = (
  deadline: string,
  reason = "",
): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: {
    code: "step_timeout",
    message: `The step did not finish by ${deadline}.${reason} Increase its timeout or reduce its work.`,
  },
});
