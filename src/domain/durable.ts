/**
 * Typed access to `context.df`; no other module uses it. Orchestrators `yield*` these operations.
 *
 * 1. Starting an activity or a sub-orchestration only creates a `PendingTask`; the engine schedules it with the next
 *    wait that includes it.
 * 2. A task that was part of a wait is never passed to `waitForAny` or `waitForAll` again, only awaited by itself: the
 *    engine would schedule it a second time (durable-functions issues #485 and #574).
 * 3. A retry is another attempt after `sleep`, not a retry of durable-functions, because the error code decides whether
 *    to retry.
 */
import {
  EntityId,
  type EntityContext,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import { AosError, type Failure } from "./errors";
import { parseTaskFailure } from "./task-failure";
import type { ActivityContract, OrchestratorContract } from "./contracts";
import type { Json } from "./payload";

export type { EntityContext, OrchestrationContext };

/** A part of an orchestrator, to be run with `yield*`. */
export type DurableOperation<Result> = Generator<Task, Result, unknown>;

declare const result: unique symbol;
/** A durable task with the type of its result. */
export interface PendingTask<Result> {
  readonly task: Task;
  readonly [result]?: Result;
}

export type TaskResult<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly failure: Failure };

export const startActivity = <Input, Output>(
  context: OrchestrationContext,
  contract: ActivityContract<Input, Output>,
  input: Input,
): PendingTask<Output> => ({
  task: context.df.callActivity(contract.name, input),
});

export const startChild = <Input, Output>(
  context: OrchestrationContext,
  contract: OrchestratorContract<Input, Output>,
  input: Input,
  instanceId: string,
): PendingTask<Output> => ({
  task: context.df.callSubOrchestrator(contract.name, input, instanceId),
});

/** The next external event of that name. A task that is never awaited still consumes an event: keep it and await it. */
export const externalEvent = (
  context: OrchestrationContext,
  name: string,
): PendingTask<unknown> => ({ task: context.df.waitForExternalEvent(name) });

export const isTaskSettled = ({ task }: PendingTask<unknown>): boolean =>
  task.isCompleted || task.isFaulted;

/** Waits for one task by itself; throws its error. */
export function* awaitTask<Result>(
  pending: PendingTask<Result>,
): DurableOperation<Result> {
  awaitedTasks.add(pending.task);
  return (yield pending.task) as Result;
}

/** Waits for one task by itself; returns its value or its failure. */
export function* awaitResult<Result>(
  pending: PendingTask<Result>,
): DurableOperation<TaskResult<Result>> {
  try {
    return { ok: true, value: yield* awaitTask(pending) };
  } catch (thrown) {
    return { ok: false, failure: parseTaskFailure(thrown) };
  }
}

export const callActivity = <Input, Output>(
  context: OrchestrationContext,
  contract: ActivityContract<Input, Output>,
  input: Input,
): DurableOperation<TaskResult<Output>> =>
  awaitResult(startActivity(context, contract, input));

/** Schedules all tasks and waits until one has settled; `isTaskSettled` shows which. */
export function* waitForAny(
  context: OrchestrationContext,
  pending: readonly PendingTask<unknown>[],
): DurableOperation<void> {
  yield context.df.Task.any(unawaitedTasks(pending));
}

/** Schedules all tasks and waits until each has completed or failed. */
export function* waitForAll<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
): DurableOperation<readonly TaskResult<Result>[]> {
  if (pending.length > 1) {
    const all = context.df.Task.all(unawaitedTasks(pending));
    // Fails with the first failure, while other tasks still run. Each is awaited by itself below.
    yield* awaitResult({ task: all });
  }
  return yield* awaitResults(pending);
}

/** Like `waitForAll`, but a task that is still running at the deadline has failed with `step_timeout`. */
export function* waitForAllUntil<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
  deadline: string | undefined,
): DurableOperation<readonly TaskResult<Result>[]> {
  if (deadline === undefined || pending.length === 0)
    return yield* waitForAll(context, pending);
  const timer = context.df.createTimer(new Date(deadline));
  const tasks = unawaitedTasks(pending);
  const [only] = tasks;
  const work =
    only !== undefined && tasks.length === 1
      ? only
      : context.df.Task.all(tasks);
  yield context.df.Task.any([work, timer]);
  if (timer.isCompleted) return yield* settledResults(pending, deadline);
  // An orchestration with an open timer does not end.
  timer.cancel();
  // After a failure other tasks may still run, and invariant 2 forbids a second wait for them and the timer. The
  // orchestration cannot complete before them, so waiting for each by itself costs no time.
  const results = yield* awaitResults(pending);
  return currentTime(context) < deadline
    ? results
    : results.map((each) => (each.ok ? stepTimeout(deadline) : each));
}

function* settledResults<Result>(
  pending: readonly PendingTask<Result>[],
  deadline: string,
): DurableOperation<readonly TaskResult<Result>[]> {
  const results: TaskResult<Result>[] = [];
  for (const each of pending)
    results.push(
      isTaskSettled(each) ? yield* awaitResult(each) : stepTimeout(deadline),
    );
  return results;
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

function* awaitResults<Result>(
  pending: readonly PendingTask<Result>[],
): DurableOperation<readonly TaskResult<Result>[]> {
  const results: TaskResult<Result>[] = [];
  for (const each of pending) results.push(yield* awaitResult(each));
  return results;
}

const awaitedTasks = new WeakSet<Task>();

/** Checks invariant 2. */
function unawaitedTasks(pending: readonly PendingTask<unknown>[]): Task[] {
  return pending.map(({ task }) => {
    if (awaitedTasks.has(task))
      throw new AosError(
        "internal_error",
        "A task that was already part of a wait must be awaited by itself.",
      );
    awaitedTasks.add(task);
    return task;
  });
}

export const startTimer = (
  context: OrchestrationContext,
  ms: number,
): PendingTask<unknown> => ({
  task: context.df.createTimer(
    new Date(context.df.currentUtcDateTime.getTime() + ms),
  ),
});

export const sleep = (
  context: OrchestrationContext,
  ms: number,
): DurableOperation<unknown> => awaitTask(startTimer(context, ms));

export const callEntity = (
  context: OrchestrationContext,
  entity: { readonly name: string; readonly key: string },
  operation: string,
  input: Json,
): DurableOperation<TaskResult<unknown>> =>
  awaitResult({
    task: context.df.callEntity(
      new EntityId(entity.name, entity.key),
      operation,
      input,
    ),
  });

/** The replay-safe time, ISO 8601 UTC. */
export const currentTime = (context: OrchestrationContext): string =>
  timeAfter(context, 0);

/** The replay-safe time plus `ms`, ISO 8601 UTC. */
export const timeAfter = (context: OrchestrationContext, ms: number): string =>
  new Date(context.df.currentUtcDateTime.getTime() + ms).toISOString();

/** The engine rejects a status of 2 KB or more. */
export function setCustomStatus(
  context: OrchestrationContext,
  status: Json,
): void {
  context.df.setCustomStatus(status);
}
