import {
  nextRetryDelayMs,
  toRetryPolicy,
} from "../../../src/domain/retry/retry-policy";

test("doubles the retry delay up to five minutes, and allows no retry after the last attempt or a permanent error", () => {
  const policy = toRetryPolicy({ maxAttempts: 20 });
  const unavailable = { code: "model_unavailable", message: "" };
  expect(
    [1, 2, 3, 15].map((attempt) =>
      nextRetryDelayMs(policy, attempt, unavailable),
    ),
  ).toEqual([2_000, 4_000, 8_000, 300_000]);
  expect(nextRetryDelayMs(policy, 20, unavailable)).toBeUndefined();
  expect(
    nextRetryDelayMs(policy, 1, { code: "model_failed", message: "" }),
  ).toBeUndefined();
});
