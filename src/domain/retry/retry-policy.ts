import { type Failure, isRetryable } from "../errors";
import type { RetryPolicy } from "../contracts";
import { parseDuration } from "../duration";
import type { RetryDefinition } from "../workflow/workflow-definition";

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 3,
  firstDelayMs: 2_000,
  backoff: 2,
};

/** For what must happen in the end: goes on for about a day, so that it outlasts an outage. */
export const longRetry: RetryPolicy = {
  maxAttempts: 300,
  firstDelayMs: 1_000,
  backoff: 2,
};

/** However long a chain of retries gets, something is tried every five minutes. */
const longestDelayMs = 300_000;

export const toRetryPolicy = (
  definition: RetryDefinition | undefined,
): RetryPolicy => ({
  maxAttempts: definition?.maxAttempts ?? defaultRetryPolicy.maxAttempts,
  firstDelayMs:
    parseDuration(definition?.firstDelay ?? "") ??
    defaultRetryPolicy.firstDelayMs,
  backoff: definition?.backoff ?? defaultRetryPolicy.backoff,
});

/** How long to wait after attempt number `attempt` (from 1) failed; `undefined` when it was the last. */
export function nextRetryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  failure: Failure,
): number | undefined {
  if (attempt >= policy.maxAttempts || !isRetryable(failure)) return undefined;
  const delayMs = policy.firstDelayMs * policy.backoff ** (attempt - 1);
  return Math.min(Math.round(delayMs), longestDelayMs);
}
