/**
 * The only user of `context.df`. Orchestrators say `yield*` on what is here and get typed results.
 *
 * 1. Calling an activity or a child makes a `Pending`; the engine hears of it with the next wait that includes it.
 * 2. A `Pending` that was part of a wait is never part of a `first` or `all` again, only awaited alone: the engine
 *    would run it a second time (durable-functions issues #485 and #574).
 * 3. Retries are made of attempts and `sleep`, never by durable-functions: whether to try again depends on the code.
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

export type { EntityContext, Failure, OrchestrationContext };

/** A part of an orchestration that gives a `Result` in the end. */
export type DurableOperation<Result> = Generator<Task, Result, unknown>;

declare const result: unique symbol;
/** Something that the engine does, or will do. */
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

/** The next event of that name. One that is left waiting takes events away from later ones: keep and ask it again. */
export const externalEvent = (
  context: OrchestrationContext,
  name: string,
): PendingTask<unknown> => ({ task: context.df.waitForExternalEvent(name) });

export const isTaskSettled = ({ task }: PendingTask<unknown>): boolean =>
  task.isCompleted || task.isFaulted;

/** Waits for one alone. Throws what it failed with. */
export function* awaitTask<Result>(
  pending: PendingTask<Result>,
): DurableOperation<Result> {
  waitedFor.add(pending.task);
  return (yield pending.task) as Result;
}

/** Waits for one alone; a failure is a result. */
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

/** Starts all and waits until one has settled. Which one is for the caller to find out with `isSettled`. */
export function* waitForAny(
  context: OrchestrationContext,
  pending: readonly PendingTask<unknown>[],
): DurableOperation<void> {
  yield context.df.Task.any(freshTasks(pending));
}

/** Starts all and waits until all have settled, whatever they give. */
export function* waitForAll<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
): DurableOperation<readonly TaskResult<Result>[]> {
  if (pending.length > 1) yield* join(context, pending);
  return yield* outcomes(pending);
}

/** Like `all`, until the deadline: what has not settled by then has failed with `step_timeout`. */
export function* waitForAllUntil<Result>(
  context: OrchestrationContext,
  pending: readonly PendingTask<Result>[],
  deadline: string | undefined,
): DurableOperation<readonly TaskResult<Result>[]> {
  if (deadline === undefined || pending.length === 0)
    return yield* waitForAll(context, pending);
  const timer = context.df.createTimer(new Date(deadline));
  const tasks = freshTasks(pending);
  const [only] = tasks;
  const work =
    only !== undefined && tasks.length === 1
      ? only
      : context.df.Task.all(tasks);
  yield context.df.Task.any([work, timer]);
  if (timer.isCompleted) return yield* outcomesBy(pending, deadline);
  // An orchestration does not end before its timers have.
  timer.cancel();
  // When one of several failed, the others are still running, and may not be raced again (2). Nor need they be: the
  // orchestration cannot end before they do.
  const settled = yield* outcomes(pending);
  return currentTime(context) < deadline
    ? settled
    : settled.map(late(deadline));
}

function* outcomesBy<Result>(
  pending: readonly PendingTask<Result>[],
  deadline: string,
): DurableOperation<readonly TaskResult<Result>[]> {
  const settled: TaskResult<Result>[] = [];
  for (const each of pending)
    settled.push(
      isTaskSettled(each) ? yield* awaitResult(each) : stepTimeout(deadline),
    );
  return settled;
}

const late =
  (deadline: string) =>
  <Result>(settled: TaskResult<Result>): TaskResult<Result> =>
    settled.ok ? stepTimeout(deadline) : settled;

export const stepTimeout = (
  deadline: string,
  reason = "",
): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: {
    code: "step_timeout",
    message: `The step had not settled by ${deadline}.${reason} Give it a longer timeout, or less to do.`,
  },
});

/** A failed `Task.all` leaves the rest running; each is asked for itself afterwards. */
function* join(
  context: OrchestrationContext,
  pending: readonly PendingTask<unknown>[],
): DurableOperation<void> {
  const together: PendingTask<unknown> = {
    task: context.df.Task.all(freshTasks(pending)),
  };
  yield* awaitResult(together);
}

function* outcomes<Result>(
  pending: readonly PendingTask<Result>[],
): DurableOperation<readonly TaskResult<Result>[]> {
  const settled: TaskResult<Result>[] = [];
  for (const each of pending) settled.push(yield* awaitResult(each));
  return settled;
}

const waitedFor = new WeakSet<Task>();

function freshTasks(pending: readonly PendingTask<unknown>[]): Task[] {
  return pending.map(({ task }) => {
    if (waitedFor.has(task))
      throw new AosError(
        "internal_error",
        "A task that was waited for before was put into another wait for several; await it alone.",
      );
    waitedFor.add(task);
    return task;
  });
}

/** To be waited for with others; alone it is a sleep. */
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
  new Date(context.df.currentUtcDateTime).toISOString();

/** `now` and that many milliseconds. */
export const timeAfter = (context: OrchestrationContext, ms: number): string =>
  new Date(context.df.currentUtcDateTime.getTime() + ms).toISOString();

/** Must stay below 2 KB. */
export function setCustomStatus(
  context: OrchestrationContext,
  status: Json,
): void {
  context.df.setCustomStatus(status);
}
