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
const growing = {
  retryStrategy: "exponentialBackoff",
  maxRetryCount: -1,
  minimumInterval: { seconds: 4 },
  maximumInterval: { seconds: 60 },
};

test("a fixed delay stays as it is", () => {
  expect(
    [1, 2, 9].map((count) => functionRetryDelayMs(fixed, count, 0.9)),
  ).toEqual([5000, 5000, 5000]);
});

test("an exponential delay doubles from the minimum to the maximum", () => {
  const delays = [1, 2, 3, 4, 5, 50].map((count) =>
    functionRetryDelayMs(growing, count, 0.5),
  );
  expect(delays).toEqual([4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(functionRetryDelayMs(growing, 2, 0)).toBe(7200);
  expect(functionRetryDelayMs(growing, 2, 1)).toBe(8800);
});

/** Runs a function that fails so often; gives the contexts of its tries and what was waited for. */
async function tries(
  retry: typeof fixed | typeof growing,
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

test("each try is told which it is, and what failed before it", async () => {
  expect(await tries(fixed, 9)).toEqual({
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

test("a success ends it, and -1 has no end", async () => {
  expect(await tries(fixed, 1)).toMatchObject({ ok: true, waits: [5000] });
  const { contexts, ok } = await tries(growing, 40);
  expect({ tries: contexts.length, ok }).toEqual({ tries: 41, ok: true });
});

test("no retry follows when waiting was cut off", async () => {
  const { contexts } = await tries(growing, 40, true);
  expect(contexts).toHaveLength(1);
});

test.each([
  [fixed, undefined],
  [growing, undefined],
  [{ ...fixed, maxRetryCount: -2 }, /maxRetryCount/],
  [{ ...fixed, maxRetryCount: 1.5 }, /maxRetryCount/],
  [{ ...fixed, delayInterval: undefined }, /delayInterval/],
  [{ ...growing, maximumInterval: undefined }, /maximumInterval/],
  [{ ...fixed, retryStrategy: "never" }, /strategy/],
])("the policy %j has the problem %s", (retry, expected) => {
  if (expected === undefined)
    expect(validateRetryOptions(retry)).toBeUndefined();
  else expect(validateRetryOptions(retry)).toMatch(expected);
});
