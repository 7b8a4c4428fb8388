import { parseDuration } from "../duration";
import { type Failure, isRetryable } from "../errors";
import type { RetryDefinition } from "../workflow/workflow-definition";

export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly backoff: number;
  /** Default: 5 minutes. */
  readonly maxDelayMs?: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 3,
  firstDelayMs: 2_000,
  backoff: 2,
};

/** Repeats a call only after failures of the platform. */
export const noRetry: RetryPolicy = {
  maxAttempts: 1,
  firstDelayMs: 0,
  backoff: 1,
};

/** Retries for about a day, for work that must not be lost in an outage. */
export const longRetry: RetryPolicy = {
  maxAttempts: 300,
  firstDelayMs: 1_000,
  backoff: 2,
};

/**
 * For failures of the platform, independent of the policy of a step: outlasts a restart of the Functions host, with two
 * minutes from the first attempt to the last.
 */
const platformRetry: RetryPolicy = {
  maxAttempts: 8,
  firstDelayMs: 1_000,
  backoff: 2,
  maxDelayMs: 60_000,
};

const defaultMaxDelayMs = 300_000;

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
    policy.maxDelayMs ?? defaultMaxDelayMs,
  );

/** Numbers of failed attempts. */
export interface FailureCounts {
  /** Failures of the platform, which do not count as attempts of the policy. */
  readonly platform: number;
  readonly other: number;
}

export const noFailures: FailureCounts = { platform: 0, other: 0 };

export const addFailure = (
  { platform, other }: FailureCounts,
  failure: Failure,
): FailureCounts =>
  isPlatformFailed(failure)
    ? { platform: platform + 1, other }
    : { platform, other: other + 1 };

/** The delay after the latest of the counted failures, or `undefined` if no further attempt is allowed. */
export function nextRetryDelayMs(
  policy: RetryPolicy,
  counts: FailureCounts,
  failure: Failure,
): number | undefined {
  if (!isRetryable(failure)) return undefined;
  const isPlatform = isPlatformFailed(failure);
  const count = isPlatform ? counts.platform : counts.other;
  const applied =
    isPlatform && policy.maxAttempts < platformRetry.maxAttempts
      ? platformRetry
      : policy;
  return count < applied.maxAttempts
    ? backoffDelayMs(applied, count)
    : undefined;
}

const isPlatformFailed = ({ code }: Failure): boolean =>
  code === "platform_failed";
