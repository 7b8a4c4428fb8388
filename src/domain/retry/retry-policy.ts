import type { RetryPolicy } from "../contracts";
import { parseDuration } from "../duration";
import { type Failure, isRetryable } from "../errors";
import type { RetryDefinition } from "../workflow/workflow-definition";

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 3,
  firstDelayMs: 2_000,
  backoff: 2,
};

/** Retries for about a day, for work that must not be lost in an outage. */
export const longRetry: RetryPolicy = {
  maxAttempts: 300,
  firstDelayMs: 1_000,
  backoff: 2,
};

const maxDelayMs = 300_000;

export const toRetryPolicy = (
  definition: RetryDefinition | undefined,
): RetryPolicy => ({
  maxAttempts: definition?.maxAttempts ?? defaultRetryPolicy.maxAttempts,
  firstDelayMs:
    parseDuration(definition?.firstDelay ?? "") ??
    defaultRetryPolicy.firstDelayMs,
  backoff: definition?.backoff ?? defaultRetryPolicy.backoff,
});

/** The delay after attempt number `attempt`, counted from 1. */
export const backoffDelayMs = (policy: RetryPolicy, attempt: number): number =>
  Math.min(
    Math.round(policy.firstDelayMs * policy.backoff ** (attempt - 1)),
    maxDelayMs,
  );

/** The delay after a failed attempt, or `undefined` if no further attempt is allowed. */
export const nextRetryDelayMs = (
  policy: RetryPolicy,
  attempt: number,
  failure: Failure,
): number | undefined =>
  attempt < policy.maxAttempts && isRetryable(failure)
    ? backoffDelayMs(policy, attempt)
    : undefined;
