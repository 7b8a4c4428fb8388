/** Describes the calls of an orchestrator and reads their results. A wait schedules them. */
import { EntityId, type OrchestrationContext } from "durable-functions";
import {
  type Answer,
  type KeyedInput,
  readAnswer,
  type TaskResult,
} from "../answers/answer";
import { activityCallKey } from "../answers/call-key";
import type { ActivityContract, OrchestratorContract } from "../contract";
import type { Json } from "../payload";
import {
  createPendingTask,
  type PendingTask,
  takeTaskNumber,
} from "./pending-task";

export function startActivity<Input, Output>(
  context: OrchestrationContext,
  contract: ActivityContract<Input, Output>,
  input: Input,
): PendingTask<Output> {
  const { name } = contract;
  const call = activityCallKey(contract, input);
  return createPendingTask(() => {
    takeTaskNumber(context);
    const keyed: KeyedInput<Input> = { call, input };
    return {
      task: context.df.callActivity(name, keyed),
      call,
      read: (settled) =>
        settled.ok
          ? readAnswer<Output>(call, settled.value)
          : activityNotRun(name, settled.failure.message),
    };
  });
}

/** Activities return their own errors as answers, so an activity that fails could not be run. */
const activityNotRun = (name: string, reason: string): TaskResult<never> => ({
  ok: false,
  failure: {
    code: "platform_failed",
    message: `The Functions host could not run the activity "${name}": ${reason}`,
  },
});

/**
 * Starts an orchestrator that answers with its instance id. `toInstanceId` gets the number of the task. Ids must differ
 * for different numbers: the engine replaces a running instance of the same id, and the remaining one answers under
 * its own number only.
 */
export const startChild = <Input, Output>(
  context: OrchestrationContext,
  contract: OrchestratorContract<Input, Answer<Output>>,
  input: Input,
  toInstanceId: (taskNumber: number) => string,
): PendingTask<Output> =>
  createPendingTask(() => {
    const call = toInstanceId(takeTaskNumber(context));
    return {
      task: context.df.callSubOrchestrator(contract.name, input, call),
      call,
      read: (settled) =>
        settled.ok ? readAnswer<Output>(call, settled.value) : settled,
    };
  });

/** Calls an entity whose operations answer with the key `call`. */
export const startEntityOperation = <Output>(
  context: OrchestrationContext,
  entity: { readonly name: string; readonly key: string },
  operation: { readonly name: string; readonly input: Json },
  call: string,
): PendingTask<Output> =>
  createPendingTask(() => {
    takeTaskNumber(context);
    return {
      task: context.df.callEntity(
        new EntityId(entity.name, entity.key),
        operation.name,
        operation.input,
      ),
      call,
      read: (settled) =>
        settled.ok ? readAnswer<Output>(call, settled.value) : settled,
    };
  });

/** The next external event of that name. A task that is never awaited still consumes an event: keep it and await it. */
export const externalEvent = (
  context: OrchestrationContext,
  name: string,
): PendingTask<unknown> =>
  createPendingTask(() => ({
    task: context.df.waitForExternalEvent(name),
    read: (settled) => settled,
  }));

/** Timers of the platform fire up to this many milliseconds early. */
const timerTolerance = 950;

/** Ends at `due`, in milliseconds since the epoch. The answer of another call ends a timer earlier. */
export const startTimerUntil = (
  context: OrchestrationContext,
  due: number,
): PendingTask<null> =>
  createPendingTask(() => {
    takeTaskNumber(context);
    return {
      task: context.df.createTimer(new Date(due)),
      read: () =>
        context.df.currentUtcDateTime.getTime() >= due - timerTolerance
          ? { ok: true, value: null }
          : undefined,
    };
  });

export const startTimer = (
  context: OrchestrationContext,
  ms: number,
): PendingTask<null> =>
  startTimerUntil(context, context.df.currentUtcDateTime.getTime() + ms);
