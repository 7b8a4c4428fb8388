import { maxTimeoutMs } from "../../../shared/time/clock";
import type {
  FunctionRetryContext,
  FunctionRetryOptions,
  InvocationOutcome,
} from "../../core/extension";

/** Describes why a retry policy is invalid; undefined when it is valid. */
export function validateRetryOptions(
  retry: FunctionRetryOptions,
): string | undefined {
  const { maxRetryCount, retryStrategy } = retry;
  if (!Number.isInteger(maxRetryCount) || maxRetryCount < -1)
    return "retry.maxRetryCount: must be a whole number, or -1 for unlimited retries";
  if (retryStrategy === "fixedDelay")
    return retry.delayInterval
      ? undefined
      : "retry.delayInterval: is required with fixedDelay";
  if (retryStrategy === "exponentialBackoff")
    return retry.minimumInterval && retry.maximumInterval
      ? undefined
      : "retry.minimumInterval and maximumInterval: are required with exponentialBackoff";
  return "retry.strategy: must be fixedDelay or exponentialBackoff";
}

/**
 * Milliseconds before the retry with number `retryCount`, which starts at 1. With exponentialBackoff the delay doubles
 * from the minimum to the maximum interval, with a jitter of up to 20 %, as in the WebJobs SDK; `random` is in [0, 1].
 */
export function functionRetryDelayMs(
  retry: FunctionRetryOptions,
  retryCount: number,
  random: number,
): number {
  const { delayInterval, minimumInterval, maximumInterval } = retry;
  if (retry.retryStrategy === "fixedDelay")
    return Math.min((delayInterval?.seconds ?? 0) * 1000, maxTimeoutMs);
  const minimumMs = (minimumInterval?.seconds ?? 0) * 1000;
  const maximumMs = Math.min(
    (maximumInterval?.seconds ?? 0) * 1000,
    maxTimeoutMs,
  );
  const growth = (2 ** (retryCount - 1) - 1) * (0.8 + 0.4 * random);
  return Math.min(minimumMs + minimumMs * growth, maximumMs);
}

export interface RetryLoop {
  readonly retry: FunctionRetryOptions;
  readonly invoke: (
    context: FunctionRetryContext,
  ) => Promise<InvocationOutcome>;
  /** Resolves with true after the delay, or with false when the retries must stop. */
  readonly wait: (ms: number) => Promise<boolean>;
  readonly random: () => number;
  readonly log: (message: string) => void;
}

/** Invokes until success or until the policy is exhausted; returns the outcome of the last attempt. */
export async function invokeWithRetries({
  retry,
  invoke,
  wait,
  random,
  log,
}: RetryLoop): Promise<InvocationOutcome> {
  const { maxRetryCount } = retry;
  let outcome = await invoke({ retryCount: 0, maxRetryCount });
  for (let retryCount = 1; !outcome.ok; retryCount += 1) {
    if (maxRetryCount !== -1 && retryCount > maxRetryCount) break;
    const delayMs = functionRetryDelayMs(retry, retryCount, random());
    const limit = maxRetryCount === -1 ? "" : ` of ${maxRetryCount}`;
    log(`retry ${retryCount}${limit} follows in ${delayMs / 1000} s`);
    if (!(await wait(delayMs))) break;
    const { message, stack } = outcome;
    const exception = { source: "", message, stackTrace: stack };
    outcome = await invoke({ retryCount, maxRetryCount, exception });
  }
  return outcome;
}
