import { RetryMode } from "@azure/service-bus";
import {
  toSdkRetryOptions,
  serviceBusSettingsSchema,
} from "../../../../functions-host/extensions/service-bus/settings";
import { receiveRetryDelayMs } from "../../../../functions-host/extensions/service-bus/service-bus-listener";

test("serviceBusSettingsSchema has the defaults of the Azure Functions host", () => {
  expect(serviceBusSettingsSchema.parse({})).toMatchObject({
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

test("sessionIdleTimeout defaults to tryTimeout", () => {
  const clientRetryOptions = { tryTimeout: "00:00:10", mode: "Fixed" };
  const settings = serviceBusSettingsSchema.parse({ clientRetryOptions });
  expect(settings.sessionIdleTimeout).toBe(10_000);
  expect(toSdkRetryOptions(settings)).toMatchObject({
    timeoutInMs: 5000,
    mode: RetryMode.Fixed,
    maxRetries: 3,
  });
  const withIdleTimeout = {
    clientRetryOptions,
    sessionIdleTimeout: "00:00:02",
  };
  expect(
    serviceBusSettingsSchema.parse(withIdleTimeout).sessionIdleTimeout,
  ).toBe(2000);
});

test("serviceBusSettingsSchema rejects a minMessageBatchSize above maxMessageBatchSize", () => {
  const settings = { minMessageBatchSize: 9, maxMessageBatchSize: 5 };
  const { error } = serviceBusSettingsSchema.safeParse(settings);
  expect(error?.issues).toMatchObject([{ path: ["minMessageBatchSize"] }]);
});

test("receiveRetryDelayMs doubles from delay to maxDelay", () => {
  const clientRetryOptions = { delay: "00:00:00.100", maxDelay: "00:00:01" };
  const settings = serviceBusSettingsSchema.parse({ clientRetryOptions });
  const delays = [1, 2, 3, 4, 5, 99].map((count) =>
    receiveRetryDelayMs(count, settings),
  );
  expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
});
