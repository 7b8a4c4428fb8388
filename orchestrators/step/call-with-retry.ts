/** Calls to activities, tried again by policy until the deadline. */
import {
  recordHistoryActivity,
  type RetryPolicy,
  type StepRef,
} from "../../src/domain/contracts";
import {
  waitForAll,
  waitForAllUntil,
  timeAfter,
  currentTime,
  type OrchestrationContext,
  type PendingTask,
  type TaskResult,
  startActivity,
  type DurableOperation,
  stepTimeout,
  startTimer,
  type Failure,
} from "../../src/domain/durable";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import { createEvent } from "../../src/domain/history/create-event";
import { nextRetryDelayMs } from "../../src/domain/retry/retry-policy";

export interface CallRetryOptions {
  readonly retry: RetryPolicy;
  /** ISO 8601. */
  readonly deadline?: string;
  /** The step whose history tells of the retries. */
  readonly step?: StepRef;
}

export interface RetryableCall<Result> {
  /** Tells the call apart from the others of its step. */
  readonly name: string;
  /** Begins attempt number `attempt`, counted from 1, at the replay-safe time `at`. */
  start(attempt: number, at: string): PendingTask<Result>;
}

/** Makes all calls at once and tries again, together, those that failed and may be tried again. */
export function* callAllWithRetry<Result>(
  context: OrchestrationContext,
  how: CallRetryOptions,
  calls: readonly RetryableCall<Result>[],
): DurableOperation<readonly TaskResult<Result>[]> {
  const settled = new Map<RetryableCall<Result>, TaskResult<Result>>();
  let open = calls;
  for (let attempt = 1; open.length > 0; attempt++) {
    const at = currentTime(context);
    const started = open.map((call) => call.start(attempt, at));
    const results = yield* waitForAllUntil(context, started, how.deadline);
    const retries: Retry<Result>[] = [];
    for (const [index, call] of open.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      settled.set(call, result);
      if (!result.ok)
        retries.push(...retryOf(how, call, attempt, result.failure));
    }
    open = yield* pause(context, how, retries, settled);
  }
  return calls.flatMap((call) => settled.get(call) ?? []);
}

/** One call, tried again by policy. */
export function* callWithRetry<Result>(
  context: OrchestrationContext,
  how: CallRetryOptions,
  call: RetryableCall<Result>,
): DurableOperation<TaskResult<Result>> {
  const [result] = yield* callAllWithRetry(context, how, [call]);
  return result ?? nothing;
}

const nothing = {
  ok: false,
  failure: { code: "internal_error", message: "A call gave no result." },
} as const;

interface Retry<Result> {
  readonly call: RetryableCall<Result>;
  readonly nextAttempt: number;
  readonly delayMs: number;
  readonly failure: Failure;
}

function retryOf<Result>(
  { retry }: CallRetryOptions,
  call: RetryableCall<Result>,
  attempt: number,
  failure: Failure,
): readonly Retry<Result>[] {
  const delayMs = nextRetryDelayMs(retry, attempt, failure);
  return delayMs === undefined
    ? []
    : [{ call, nextAttempt: attempt + 1, delayMs, failure }];
}

/** Waits until the calls may be tried again; gives them, or none when the deadline comes first. */
function* pause<Result>(
  context: OrchestrationContext,
  { deadline, step }: CallRetryOptions,
  retries: readonly Retry<Result>[],
  settled: Map<RetryableCall<Result>, TaskResult<Result>>,
): DurableOperation<readonly RetryableCall<Result>[]> {
  if (retries.length === 0) return [];
  const delayMs = Math.max(...retries.map((retry) => retry.delayMs));
  if (deadline !== undefined && timeAfter(context, delayMs) >= deadline) {
    for (const { call, failure } of retries)
      settled.set(call, stepTimeout(deadline, ` Last: ${failure.message}`));
    return [];
  }
  const waiting: PendingTask<unknown>[] = [startTimer(context, delayMs)];
  if (step !== undefined) {
    const { orchestrationId, traceparent } = step;
    const rows = retries.map((retry) =>
      retryRow(step, retry, currentTime(context)),
    );
    const record = {
      orchestrationId,
      rows,
      ...(traceparent !== undefined && { traceparent }),
    };
    waiting.push(startActivity(context, recordHistoryActivity, record));
  }
  // That the retry could not be told of is no reason not to make it; the result of the record is left aside.
  yield* waitForAll(context, waiting);
  return retries.map(({ call }) => call);
}

const retryRow = <Result>(
  { stepId }: StepRef,
  { call, nextAttempt, delayMs, failure }: Retry<Result>,
  at: string,
): OrchestrationEvent =>
  createEvent({
    type: "step.retried",
    at,
    stepId,
    attempt: nextAttempt,
    discriminator: call.name,
    data: {
      call: call.name,
      delayMs,
      error: { code: failure.code, message: failure.message },
    },
  });
