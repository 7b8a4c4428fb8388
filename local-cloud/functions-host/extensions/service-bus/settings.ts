import { RetryMode, type RetryOptions } from "@azure/service-bus";
import { z } from "zod";
import { timeSpanSchema } from "../../../shared/time/time-span";

const retryMode = z
  .string()
  .refine((text) => /^(?:fixed|exponential)$/i.test(text), {
    error: "must be fixed or exponential",
  })
  .transform((text) =>
    text.toLowerCase() === "fixed" ? RetryMode.Fixed : RetryMode.Exponential,
  );

/**
 * `extensions.serviceBus` of host.json.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings
 */
export const serviceBusSettingsSchema = z
  .object({
    autoCompleteMessages: z.boolean().default(true),
    maxConcurrentCalls: z.int().min(1).default(16),
    maxConcurrentSessions: z.int().min(1).default(8),
    maxConcurrentCallsPerSession: z.int().min(1).default(1),
    prefetchCount: z.int().min(0).default(0),
    maxAutoLockRenewalDuration: timeSpanSchema.default(5 * 60_000),
    /** Default: `tryTimeout`. */
    sessionIdleTimeout: timeSpanSchema
      .refine((ms) => ms > 0, { error: "must be more than 00:00:00" })
      .optional(),
    /** The client holds at most 2047 unsettled messages. */
    maxMessageBatchSize: z.int().min(1).max(2047).default(1000),
    minMessageBatchSize: z.int().min(1).max(2047).default(1),
    maxBatchWaitTime: timeSpanSchema.default(30_000),
    clientRetryOptions: z
      .object({
        mode: retryMode.default(RetryMode.Exponential),
        tryTimeout: timeSpanSchema.default(60_000),
        delay: timeSpanSchema.default(800),
        /** Azure uses one minute; a restarted local broker is available much sooner. */
        maxDelay: timeSpanSchema.default(5000),
        maxRetries: z.int().min(0).max(100).default(3),
      })
      .prefault({}),
  })
  .refine(
    ({ minMessageBatchSize, maxMessageBatchSize }) =>
      minMessageBatchSize <= maxMessageBatchSize,
    {
      path: ["minMessageBatchSize"],
      error: "must not be more than maxMessageBatchSize",
    },
  )
  .transform(({ sessionIdleTimeout, ...settings }) => ({
    ...settings,
    sessionIdleTimeout:
      sessionIdleTimeout ?? settings.clientRetryOptions.tryTimeout,
  }));
export type ServiceBusSettings = z.output<typeof serviceBusSettingsSchema>;

/** Upper limit of an operation of a client, and of its wait for a message or a session. */
const longestTryMs = 5000;

/** Time limit of one attempt of a client. */
export const tryTimeoutMs = ({
  clientRetryOptions,
}: ServiceBusSettings): number =>
  Math.min(clientRetryOptions.tryTimeout, longestTryMs);

export const toSdkRetryOptions = (
  settings: ServiceBusSettings,
): RetryOptions => {
  const { mode, delay, maxDelay, maxRetries } = settings.clientRetryOptions;
  return {
    mode,
    timeoutInMs: tryTimeoutMs(settings),
    retryDelayInMs: delay,
    maxRetryDelayInMs: maxDelay,
    maxRetries,
  };
};
