/** Schemas of all requests. They reject unknown fields, so that a misspelled name is reported. */
import { z } from "zod";
import { parseDuration } from "../domain/duration";
import {
  deadLetterQueues,
  deadLetterPath,
  rejectedQueue,
} from "../messaging/entities";
import {
  idSchema,
  jsonValueSchema,
} from "../orchestrations/request/start-request";

const maxWaitMs = 200_000;

export const orchestrationPathSchema = z.object({ id: idSchema });

export const idempotencyKeySchema = z.string().min(1).max(255).optional();

/** Query parameters with which the Functions host authenticates; it does not remove them from the request. */
const hostParameters = {
  code: z.string().optional(),
  clientId: z.string().optional(),
};

const wholeNumber = (max: number, defaultValue: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: "must be a whole number" })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= max, {
      error: `must be from 1 to ${max}`,
    })
    .default(defaultValue);

const timeSchema = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time" })
  .transform((text) => new Date(text));

export const getQuerySchema = z.strictObject({
  ...hostParameters,
  wait: z
    .string()
    .transform((text, context) => {
      const waitMs = parseDuration(text);
      if (waitMs !== undefined && waitMs <= maxWaitMs) return waitMs;
      context.addIssue({
        code: "custom",
        message: `must be a duration such as 30s, at most ${maxWaitMs / 1000}s`,
      });
      return z.NEVER;
    })
    .default(0),
});

export const listQuerySchema = z.strictObject({
  ...hostParameters,
  status: z
    .enum([
      "pending",
      "running",
      "suspended",
      "completed",
      "failed",
      "terminated",
    ])
    .optional(),
  workflow: z.string().min(1).max(100).optional(),
  tag: z
    .string()
    .regex(/^[^:]+:/, { error: "must be key:value" })
    .transform((text) => {
      const colon = text.indexOf(":");
      return { key: text.slice(0, colon), value: text.slice(colon + 1) };
    })
    .optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  limit: wholeNumber(200, 50),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,2000}$/, {
      error: "must be a cursor from a previous response",
    })
    .optional(),
});

export const historyQuerySchema = z.strictObject({
  ...hostParameters,
  after: z.string().min(1).max(1000).optional(),
  limit: wholeNumber(1000, 200),
});

/** A 64-bit integer, which a JavaScript number cannot hold. */
const sequenceNumberSchema = z
  .string()
  .regex(/^\d{1,19}$/, { error: "must be a sequence number" });

/** Accepts the path of a dead-letter queue, or the name of its main queue. */
const deadLetterQueueSchema = z
  .string()
  .transform((name) =>
    deadLetterQueues.includes(name) ? name : deadLetterPath(name),
  )
  .refine((name) => deadLetterQueues.includes(name), {
    error: `must be one of ${deadLetterQueues.join(", ")}`,
  });

export const deadLettersQuerySchema = z
  .strictObject({
    ...hostParameters,
    queue: deadLetterQueueSchema.optional(),
    after: sequenceNumberSchema.optional(),
    limit: wholeNumber(200, 50),
  })
  .refine(({ queue, after }) => after === undefined || queue !== undefined, {
    path: ["after"],
    error:
      "requires queue, because a sequence number is unique only within one queue",
  });

export const deadLetterPathSchema = z.object({
  sequenceNumber: sequenceNumberSchema,
});

export const replayQuerySchema = z.strictObject({
  ...hostParameters,
  queue: deadLetterQueueSchema.default(rejectedQueue),
});

export const replayBodySchema = z.strictObject({
  body: jsonValueSchema.optional(),
});
