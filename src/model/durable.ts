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
import { AosError, type Failure } from "../errors";
import { failureOf } from "./activity-failure";
import type { ActivityContract, OrchestratorContract } from "./contracts";
import type { Json } from "./payload";

export type { EntityContext, Failure, OrchestrationContext };

/** A part of an orchestration that gives a `Result` in the end. */
export type Steps<Result> = Generator<Task, Result, unknown>;

declare const result: unique symbol;
/** Something that the engine does, or will do. */
export interface Pending<Result> {
  readonly task: Task;
  readonly [result]?: Result;
}

export type Settled<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly failure: Failure };

export const startActivity = <Input, Output>(
  context: OrchestrationContext,
  contract: ActivityContract<Input, Output>,
  input: Input,
): Pending<Output> => ({ task: context.df.callActivity(contract.name, input) });

export const startChild = <Input, Output>(
  context: OrchestrationContext,
  contract: OrchestratorContract<Input, Output>,
  input: Input,
  instanceId: string,
): Pending<Output> => ({
  task: context.df.callSubOrchestrator(contract.name, input, instanceId),
});

/** The next event of that name. One that is left waiting takes events away from later ones: keep and ask it again. */
export const nextEvent = (
  context: OrchestrationContext,
  name: string,
): Pending<unknown> => ({ task: context.df.waitForExternalEvent(name) });

export const isSettled = ({ task }: Pending<unknown>): boolean =>
  task.isCompleted || task.isFaulted;

/** Waits for one alone. Throws what it failed with. */
export function* value<Result>(pending: Pending<Result>): Steps<Result> {
  waitedFor.add(pending.task);
  return (yield pending.task) as Result;
}

/** Waits for one alone; a failure is a result. */
export function* outcome<Result>(
  pending: Pending<Result>,
): Steps<Settled<Result>> {
  try {
    return { ok: true, value: yield* value(pending) };
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  }
}

export const call = <Input, Output>(
  context: OrchestrationContext,
  contract: ActivityContract<Input, Output>,
  input: Input,
): Steps<Settled<Output>> => outcome(startActivity(context, contract, input));

/** Starts all and waits until one has settled. Which one is for the caller to find out with `isSettled`. */
export function* first(
  context: OrchestrationContext,
  pending: readonly Pending<unknown>[],
): Steps<void> {
  yield context.df.Task.any(freshTasks(pending));
}

/** Starts all and waits until all have settled, whatever they give. */
export function* all<Result>(
  context: OrchestrationContext,
  pending: readonly Pending<Result>[],
): Steps<readonly Settled<Result>[]> {
  if (pending.length > 1) yield* join(context, pending);
  return yield* outcomes(pending);
}

/** Like `all`, until the deadline: what has not settled by then has failed with `step_timeout`. */
export function* allBy<Result>(
  context: OrchestrationContext,
  pending: readonly Pending<Result>[],
  deadline: string | undefined,
): Steps<readonly Settled<Result>[]> {
  if (deadline === undefined || pending.length === 0)
    return yield* all(context, pending);
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
  return now(context) < deadline ? settled : settled.map(late(deadline));
}

function* outcomesBy<Result>(
  pending: readonly Pending<Result>[],
  deadline: string,
): Steps<readonly Settled<Result>[]> {
  const settled: Settled<Result>[] = [];
  for (const each of pending)
    settled.push(isSettled(each) ? yield* outcome(each) : timedOut(deadline));
  return settled;
}

const late =
  (deadline: string) =>
  <Result>(settled: Settled<Result>): Settled<Result> =>
    settled.ok ? timedOut(deadline) : settled;

export const timedOut = (
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
  pending: readonly Pending<unknown>[],
): Steps<void> {
  const together: Pending<unknown> = {
    task: context.df.Task.all(freshTasks(pending)),
  };
  yield* outcome(together);
}

function* outcomes<Result>(
  pending: readonly Pending<Result>[],
): Steps<readonly Settled<Result>[]> {
  const settled: Settled<Result>[] = [];
  for (const each of pending) settled.push(yield* outcome(each));
  return settled;
}

const waitedFor = new WeakSet<Task>();

function freshTasks(pending: readonly Pending<unknown>[]): Task[] {
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
export const timer = (
  context: OrchestrationContext,
  ms: number,
): Pending<unknown> => ({
  task: context.df.createTimer(
    new Date(context.df.currentUtcDateTime.getTime() + ms),
  ),
});

export const sleep = (
  context: OrchestrationContext,
  ms: number,
): Steps<unknown> => value(timer(context, ms));

export const callEntity = (
  context: OrchestrationContext,
  entity: { readonly name: string; readonly key: string },
  operation: string,
  input: Json,
): Steps<Settled<unknown>> =>
  outcome({
    task: context.df.callEntity(
      new EntityId(entity.name, entity.key),
      operation,
      input,
    ),
  });

/** The replay-safe time, ISO 8601 UTC. */
export const now = (context: OrchestrationContext): string =>
  new Date(context.df.currentUtcDateTime).toISOString();

/** `now` and that many milliseconds. */
export const fromNow = (context: OrchestrationContext, ms: number): string =>
  new Date(context.df.currentUtcDateTime.getTime() + ms).toISOString();

/** Must stay below 2 KB. */
export function setStatus(context: OrchestrationContext, status: Json): void {
  context.df.setCustomStatus(status);
}
