/** The body of a start request, by HTTP and by Service Bus. Unknown fields are rejected, to detect misspellings. */
import { z } from "zod";
import type { Json } from "../../domain/payload";

const maxTags = 20;
const maxTagLength = 256;

/** Excludes `.` and `..`, which URL parsers remove from a path. */
export const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,100}$/, {
    error: "must be 1 to 100 of A-Z a-z 0-9 . _ - :",
  })
  .refine((id) => !/^\.{1,2}$/.test(id), { error: "must not be . or .." });

/** A queue or topic in the app's Service Bus namespace. */
export const entityNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/, {
    error: "must be a valid queue name",
  });

export const jsonValueSchema = z.custom<Json>((value) => value !== undefined);

const tagsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(maxTagLength)
      .refine((key) => !key.includes(":"), {
        error:
          "must not contain a colon, which separates key and value in filters",
      }),
    z.string().max(maxTagLength),
  )
  .refine((tags) => Object.keys(tags).length <= maxTags, {
    error: `must have at most ${maxTags} entries`,
  });

export const startRequestSchema = z
  .strictObject({
    workflow: z.string().min(1).max(100).optional(),
    version: z.string().min(1).max(100).optional(),
    definition: jsonValueSchema.optional(),
    input: jsonValueSchema.optional(),
    id: idSchema.optional(),
    tags: tagsSchema.optional(),
    sessionId: idSchema.optional(),
    replyTo: entityNameSchema.optional(),
  })
  .refine(
    (body) => (body.workflow === undefined) !== (body.definition === undefined),
    { error: "must have either workflow or definition" },
  )
  .refine(
    (body) => body.version === undefined || body.definition === undefined,
    {
      path: ["version"],
      error: "requires workflow, and cannot be combined with definition",
    },
  );
export type StartRequest = z.output<typeof startRequestSchema>;
