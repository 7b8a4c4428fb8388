import {
  backoffDelayMs,
  addFailure,
  type FailureCounts,
  longRetry,
  nextRetryDelayMs,
  noFailures,
  noRetry,
  type RetryPolicy,
  toRetryPolicy,
} from "../../../src/domain/retry/retry-policy";

const failed = (other: number): FailureCounts => ({ platform: 0, other });

test("doubles the retry delay up to five minutes, and allows no retry after the last attempt or a permanent error", () => {
  const policy = toRetryPolicy({ maxAttempts: 20 });
  const unavailable = { code: "model_unavailable", message: "" };
  expect(
    [1, 2, 3, 15].map((attempt) =>
      nextRetryDelayMs(policy, failed(attempt), unavailable),
    ),
  ).toEqual([2_000, 4_000, 8_000, 300_000]);
  expect(nextRetryDelayMs(policy, failed(20), unavailable)).toBeUndefined();
  expect(
    nextRetryDelayMs(policy, failed(1), { code: "model_failed", message: "" }),
  ).toBeUndefined();
});

describe("for a failure of the platform", () => {
  const platform = { code: "platform_failed", message: "" };
  const delays = (policy: RetryPolicy): number[] => {
    const found: number[] = [];
    for (let counts = addFailure(noFailures, platform); ;) {
      const delay = nextRetryDelayMs(policy, counts, platform);
      if (delay === undefined) return found;
      found.push(delay);
      counts = addFailure(counts, platform);
    }
  };

  test("allows eight attempts with delays of up to a minute, whatever the policy of the step", () => {
    expect(delays(noRetry)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000,
    ]);
    expect(delays(toRetryPolicy(undefined))).toEqual(delays(noRetry));
  });

  test("keeps a policy with more attempts", () => {
    expect(delays(longRetry)).toHaveLength(longRetry.maxAttempts - 1);
    expect(delays(longRetry)[9]).toBe(backoffDelayMs(longRetry, 10));
  });

  test("does not count it as an attempt of the step", () => {
    const unavailable = { code: "model_unavailable", message: "" };
    const policy = toRetryPolicy({ maxAttempts: 2 });
    const counts = [platform, platform, platform, unavailable].reduce(
      addFailure,
      noFailures,
    );
    expect(nextRetryDelayMs(policy, counts, unavailable)).toBe(2_000);
  });
});
