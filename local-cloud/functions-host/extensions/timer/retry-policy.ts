import type {
  InvocationOutcome,
  FunctionRetryContext,
  FunctionRetryOptions,
} from "../../core/extension";

/** How long a retry waits, at most. setTimeout cannot wait longer. */
const longestMs = 2 ** 31 - 1;

/** What is wrong with a function's `retry`; undefined when nothing is. */
export function validateRetryOptions(
  retry: FunctionRetryOptions,
): string | undefined {
  const { maxRetryCount, retryStrategy } = retry;
  if (!Number.isInteger(maxRetryCount) || maxRetryCount < -1)
    return "retry.maxRetryCount: must be a whole number, or -1 for no end";
  if (retryStrategy === "fixedDelay")
    return retry.delayInterval
      ? undefined
      : "retry.delayInterval: must be given with fixedDelay";
  if (retryStrategy === "exponentialBackoff")
    return retry.minimumInterval && retry.maximumInterval
      ? undefined
      : "retry.minimumInterval and maximumInterval: must be given with exponentialBackoff";
  return "retry.strategy: must be fixedDelay or exponentialBackoff";
}

/**
 * Milliseconds before the retry number `retryCount`, from 1. The interval of exponentialBackoff doubles from the minimum
 * to the maximum; `random`, from 0 to 1, spreads it by a fifth, as the WebJobs SDK does.
 */
export function functionRetryDelayMs(
  retry: FunctionRetryOptions,
  retryCount: number,
  random: number,
): number {
  const { delayInterval, minimumInterval, maximumInterval } = retry;
  if (retry.retryStrategy === "fixedDelay")
    return Math.min((delayInterval?.seconds ?? 0) * 1000, longestMs);
  const least = (minimumInterval?.seconds ?? 0) * 1000;
  const most = Math.min((maximumInterval?.seconds ?? 0) * 1000, longestMs);
  const growth = (2 ** (retryCount - 1) - 1) * (0.8 + 0.4 * random);
  return Math.min(least + least * growth, most);
}

export interface RetryLoop {
  readonly retry: FunctionRetryOptions;
  readonly invoke: (
    context: FunctionRetryContext,
  ) => Promise<InvocationOutcome>;
  /** Resolves after so many milliseconds with true, or with false when no more is to be tried. */
  readonly wait: (ms: number) => Promise<boolean>;
  readonly random: () => number;
  readonly log: (sentence: string) => void;
}

/** Invokes until it succeeds or the policy gives up; gives how the last try went. */
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
    const of = maxRetryCount === -1 ? "" : ` of ${maxRetryCount}`;
    log(`retry ${retryCount}${of} follows in ${delayMs / 1000} s`);
    if (!(await wait(delayMs))) break;
    const { message, stack } = outcome;
    const exception = { source: "", message, stackTrace: stack };
    outcome = await invoke({ retryCount, maxRetryCount, exception });
  }
  return outcome;
}
