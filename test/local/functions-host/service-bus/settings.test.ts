import { RetryMode } from "@azure/service-bus";
import {
  retryOptions,
  serviceBusSettings,
} from "../../../../src/local/functions-host/service-bus/settings";
import { backOffMs } from "../../../../src/local/functions-host/service-bus/listener";

test("has the defaults of the real host", () => {
  expect(serviceBusSettings.parse({})).toMatchObject({
    autoCompleteMessages: true,
    maxConcurrentCalls: 16,
    maxConcurrentSessions: 8,
    maxConcurrentCallsPerSession: 1,
    prefetchCount: 0,
    maxAutoLockRenewalDuration: 300_000,
    sessionIdleTimeout: 60_000,
    maxMessageBatchSize: 1000,
    minMessageBatchSize: 1,
    maxBatchWaitTime: 30_000,
  });
});

test("waits for an idle session as long as a try may take, unless it is set", () => {
  const clientRetryOptions = { tryTimeout: "00:00:10", mode: "Fixed" };
  const settings = serviceBusSettings.parse({ clientRetryOptions });
  expect(settings.sessionIdleTimeout).toBe(10_000);
  expect(retryOptions(settings)).toMatchObject({
    timeoutInMs: 10_000,
    mode: RetryMode.Fixed,
    maxRetries: 3,
  });
  const set = { clientRetryOptions, sessionIdleTimeout: "00:00:02" };
  expect(serviceBusSettings.parse(set).sessionIdleTimeout).toBe(2000);
});

test("refuses a smallest batch that is larger than the largest", () => {
  const wrong = { minMessageBatchSize: 9, maxMessageBatchSize: 5 };
  const { error } = serviceBusSettings.safeParse(wrong);
  expect(error?.issues).toMatchObject([{ path: ["minMessageBatchSize"] }]);
});

test("backs off from the delay to the longest one", () => {
  const clientRetryOptions = { delay: "00:00:00.100", maxDelay: "00:00:01" };
  const settings = serviceBusSettings.parse({ clientRetryOptions });
  const delays = [1, 2, 3, 4, 5, 99].map((count) => backOffMs(count, settings));
  expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
});
