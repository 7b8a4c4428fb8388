/**
 * Calls that an orchestrator has described, and their tasks.
 *
 * 1. A `PendingTask` has no task until the first wait that includes it schedules it. The engine numbers tasks in this
 *    order, and `takeTaskNumber` counts along.
 * 2. A task that was part of a wait is never passed to `waitForAny` or `waitForAll` again, only awaited by itself: the
 *    engine would schedule it a second time (durable-functions issues #485 and #574).
 * 3. A task whose result belongs to another call is forgotten; the next wait makes the call again under a new number.
 */
import type { OrchestrationContext, Task } from "durable-functions";
import type { TaskResult } from "../answers/answer";
import { AosError } from "../errors";

interface ScheduledTask<Result> {
  readonly task: Task;
  /** The key of the call, if its answer contains it. */
  readonly call?: string;
  /** Returns undefined for the result of another call. */
  readonly read: (
    settled: TaskResult<unknown>,
  ) => TaskResult<Result> | undefined;
}

/** A call, with the type of its result. */
export interface PendingTask<Result> {
  /** Called once for each time that the call is made. */
  readonly create: () => ScheduledTask<Result>;
  scheduled: ScheduledTask<Result> | undefined;
}

export const createPendingTask = <Result>(
  create: PendingTask<Result>["create"],
): PendingTask<Result> => ({ create, scheduled: undefined });

/** Returns the scheduled task of the call, which is awaited by itself (2). */
export function scheduleTask<Result>(
  pending: PendingTask<Result>,
): ScheduledTask<Result> {
  return (pending.scheduled ??= pending.create());
}

/** Creates the tasks of a wait for several tasks. */
export const scheduleTasks = (
  pending: readonly PendingTask<unknown>[],
): Task[] =>
  pending.map((each) => {
    if (each.scheduled !== undefined)
      throw new AosError(
        "internal_error",
        "A task that was already part of a wait must be awaited by itself.",
      );
    return scheduleTask(each).task;
  });

export function forgetTask(pending: PendingTask<unknown>): void {
  pending.scheduled = undefined;
}

export const isTaskSettled = ({ scheduled }: PendingTask<unknown>): boolean =>
  scheduled !== undefined &&
  (scheduled.task.isCompleted || scheduled.task.isFaulted);

/** The key of the scheduled call. */
export const scheduledCall = ({
  scheduled,
}: PendingTask<unknown>): string | undefined => scheduled?.call;

/** Number of tasks that the execution has scheduled. Each replay has another context and counts again. */
const taskCounts = new WeakMap<OrchestrationContext, number>();

/** The number that the engine assigns to the next activity, child, timer or entity call. */
export function takeTaskNumber(context: OrchestrationContext): number {
  const number = taskCounts.get(context) ?? 0;
  taskCounts.set(context, number + 1);
  return number;
}
