import type { TaskResult } from "../../src/domain/answers/answer";
import {
  recordHistoryActivity,
  type StepRef,
} from "../../src/domain/contracts";
import { startActivity, startTimer } from "../../src/domain/durable/calls";
import {
  currentTime,
  type DurableOperation,
  type OrchestrationContext,
  timeAfter,
} from "../../src/domain/durable/context";
import type { PendingTask } from "../../src/domain/durable/pending-task";
import { stepTimeout, waitForAll } from "../../src/domain/durable/waits";
import type { Failure } from "../../src/domain/errors";
import { createEvent } from "../../src/domain/history/create-event";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import {
  addFailure,
  type FailureCounts,
  nextRetryDelayMs,
  noFailures,
  type RetryPolicy,
} from "../../src/domain/retry/retry-policy";

interface CallRetryOptions {
  readonly retry: RetryPolicy;
  /** ISO 8601. */
  readonly deadline?: string;
  /** If present, retries are recorded in the history of this step. */
  readonly step?: StepRef;
}

export interface RetryableCall<Result> {
  /** Unique among the calls of a step. */
  readonly name: string;
  /** Describes attempt number `attempt`, counted from 1, at the replay-safe time `at`. */
  start(attempt: number, at: string): PendingTask<Result>;
}

/**
 * Makes the calls concurrently, in rounds: each round repeats the calls that failed in the previous one. A call whose
 * answer is unknown is repeated within its round, as the same attempt.
 */
export function* callAllWithRetry<Result>(
  context: OrchestrationContext,
  options: CallRetryOptions,
  calls: readonly RetryableCall<Result>[],
): DurableOperation<readonly TaskResult<Result>[]> {
  const results = new Map<RetryableCall<Result>, TaskResult<Result>>();
  const counts = new Map<RetryableCall<Result>, FailureCounts>();
  let open = calls;
  for (let attempt = 1; open.length > 0; attempt++) {
    const at = currentTime(context);
    const started = open.map((call) => call.start(attempt, at));
    const settled = yield* waitForAll(context, started, options.deadline);
    const retries: Retry<Result>[] = [];
    for (const [index, call] of open.entries()) {
      const result = settled[index];
      if (result === undefined) continue;
      results.set(call, result);
      if (result.ok) continue;
      const { failure } = result;
      const failed = addFailure(counts.get(call) ?? noFailures, failure);
      counts.set(call, failed);
      const delayMs = nextRetryDelayMs(options.retry, failed, failure);
      if (delayMs !== undefined)
        retries.push({ call, nextAttempt: attempt + 1, delayMs, failure });
    }
    open = yield* waitForRetry(context, options, retries, results);
  }
  return calls.flatMap((call) => results.get(call) ?? []);
}

export function* callWithRetry<Result>(
  context: OrchestrationContext,
  options: CallRetryOptions,
  call: RetryableCall<Result>,
): DurableOperation<TaskResult<Result>> {
  const [result] = yield* callAllWithRetry(context, options, [call]);
  return result ?? missingResult;
}

const missingResult = {
  ok: false,
  failure: { code: "internal_error", message: "A call returned no result." },
} as const;

interface Retry<Result> {
  readonly call: RetryableCall<Result>;
  readonly nextAttempt: number;
  readonly delayMs: number;
  readonly failure: Failure;
}

/** Waits for the retry delay and returns the calls to repeat: none if the deadline is earlier. */
function* waitForRetry<Result>(
  context: OrchestrationContext,
  { deadline, step }: CallRetryOptions,
  retries: readonly Retry<Result>[],
  results: Map<RetryableCall<Result>, TaskResult<Result>>,
): DurableOperation<readonly RetryableCall<Result>[]> {
  if (retries.length === 0) return [];
  const delayMs = Math.max(...retries.map((retry) => retry.delayMs));
  if (deadline !== undefined && timeAfter(context, delayMs) >= deadline) {
    for (const { call, failure } of retries)
      results.set(
        call,
        stepTimeout(deadline, ` Last error: ${failure.message}`),
      );
    return [];
  }
  const waiting: PendingTask<unknown>[] = [startTimer(context, delayMs)];
  if (step !== undefined) waiting.push(recordRetries(context, step, retries));
  // A failure to record the retries does not prevent them.
  yield* waitForAll(context, waiting);
  return retries.map(({ call }) => call);
}

function recordRetries(
  context: OrchestrationContext,
  step: StepRef,
  retries: readonly Retry<unknown>[],
): PendingTask<null> {
  const { orchestrationId, traceparent } = step;
  return startActivity(context, recordHistoryActivity, {
    orchestrationId,
    events: retries.map((retry) =>
      retriedEvent(step, retry, currentTime(context)),
    ),
    ...(traceparent !== undefined && { traceparent }),
  });
}

const retriedEvent = (
  { stepId }: StepRef,
  { call, nextAttempt, delayMs, failure }: Retry<unknown>,
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
