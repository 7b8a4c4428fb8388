import type { FunctionRetryContext } from "../../../../functions-host/core/extension";
import {
  functionRetryDelayMs,
  validateRetryOptions,
  invokeWithRetries,
} from "../../../../functions-host/extensions/timer/retry-policy";

const fixed = {
  retryStrategy: "fixedDelay",
  maxRetryCount: 2,
  delayInterval: { seconds: 5 },
};
const exponential = {
  retryStrategy: "exponentialBackoff",
  maxRetryCount: -1,
  minimumInterval: { seconds: 4 },
  maximumInterval: { seconds: 60 },
};

test("a fixed delay does not change", () => {
  expect(
    [1, 2, 9].map((count) => functionRetryDelayMs(fixed, count, 0.9)),
  ).toEqual([5000, 5000, 5000]);
});

test("an exponential delay doubles from the minimum to the maximum", () => {
  const delays = [1, 2, 3, 4, 5, 50].map((count) =>
    functionRetryDelayMs(exponential, count, 0.5),
  );
  expect(delays).toEqual([4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(functionRetryDelayMs(exponential, 2, 0)).toBe(7200);
  expect(functionRetryDelayMs(exponential, 2, 1)).toBe(8800);
});

/** Runs a function that fails `failures` times; returns the contexts of its attempts and the delays. */
async function runWithFailures(
  retry: typeof fixed | typeof exponential,
  failures: number,
  isStopped = false,
) {
  const contexts: FunctionRetryContext[] = [];
  const waits: number[] = [];
  const outcome = await invokeWithRetries({
    retry,
    invoke: (context) => {
      contexts.push(context);
      return Promise.resolve(
        contexts.length > failures
          ? { ok: true, returnValue: undefined }
          : { ok: false, message: `no ${contexts.length}`, stack: "at x" },
      );
    },
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve(!isStopped);
    },
    random: () => 0.5,
    log: () => undefined,
  });
  return { contexts, waits, ok: outcome.ok };
}

test("each attempt receives its number and the error of the previous attempt", async () => {
  expect(await runWithFailures(fixed, 9)).toEqual({
    contexts: [
      { retryCount: 0, maxRetryCount: 2 },
      {
        retryCount: 1,
        maxRetryCount: 2,
        exception: { source: "", message: "no 1", stackTrace: "at x" },
      },
      {
        retryCount: 2,
        maxRetryCount: 2,
        exception: { source: "", message: "no 2", stackTrace: "at x" },
      },
    ],
    waits: [5000, 5000],
    ok: false,
  });
});

test("retries end with a success, and are unlimited with maxRetryCount -1", async () => {
  expect(await runWithFailures(fixed, 1)).toMatchObject({
    ok: true,
    waits: [5000],
  });
  const { contexts, ok } = await runWithFailures(exponential, 40);
  expect({ attempts: contexts.length, ok }).toEqual({ attempts: 41, ok: true });
});

test("no retry follows when the wait is interrupted", async () => {
  const { contexts } = await runWithFailures(exponential, 40, true);
  expect(contexts).toHaveLength(1);
});

test.each([
  [fixed, undefined],
  [exponential, undefined],
  [{ ...fixed, maxRetryCount: -2 }, /maxRetryCount/],
  [{ ...fixed, maxRetryCount: 1.5 }, /maxRetryCount/],
  [{ ...fixed, delayInterval: undefined }, /delayInterval/],
  [{ ...exponential, maximumInterval: undefined }, /maximumInterval/],
  [{ ...fixed, retryStrategy: "never" }, /strategy/],
])("validateRetryOptions of the policy %j returns %s", (retry, expected) => {
  if (expected === undefined)
    expect(validateRetryOptions(retry)).toBeUndefined();
  else expect(validateRetryOptions(retry)).toMatch(expected);
});
