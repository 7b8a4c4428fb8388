import { z } from "zod";
import { timeSpanSchema } from "../../../shared/time/time-span";

const caseInsensitiveEnum = (names: readonly string[]) =>
  z
    .string()
    .refine((text) => names.includes(text.toLowerCase()), {
      error: `must be ${names.join(" or ")}`,
    })
    .transform((text) => text.toLowerCase());

/**
 * `extensions.queues` of host.json.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json
 */
export const storageQueueSettingsSchema = z
  .object({
    batchSize: z.int().min(1).max(32).default(16),
    newBatchThreshold: z.int().min(0).optional(),
    /** How long a message stays invisible after its function has failed. */
    visibilityTimeout: timeSpanSchema.default(0),
    maxDequeueCount: z.int().min(1).default(5),
    /** The Azure Functions host uses two seconds in development and one minute on Azure. */
    maxPollingInterval: timeSpanSchema
      .refine((ms) => ms >= 100, { error: "must be 00:00:00.100 or more" })
      .default(2000),
    messageEncoding: caseInsensitiveEnum(["base64", "none"]).default("base64"),
  })
  .transform((settings) => ({
    ...settings,
    newBatchThreshold:
      settings.newBatchThreshold ?? Math.floor(settings.batchSize / 2),
  }));
export type StorageQueueSettings = z.output<typeof storageQueueSettingsSchema>;
