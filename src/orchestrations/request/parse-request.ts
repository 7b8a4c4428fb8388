import type { z } from "zod";
import { toJsonPointer } from "../../domain/json";
import { type FieldError, invalidRequest } from "./request-error";

/** Parses the value with the schema. Throws `invalid_request` with one error per invalid field, below `base`. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  base = "",
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.flatMap((issue) => toFieldErrors(issue, base)),
  );
}

function toFieldErrors(issue: z.core.$ZodIssue, base: string): FieldError[] {
  // One issue lists all unknown fields.
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      pointer: toJsonPointer([...issue.path, key], base),
      detail: "is not a known field",
    }));
  const [first = "", ...rest] = issue.message;
  return [
    {
      pointer: toJsonPointer(issue.path, base),
      detail: first.toLowerCase() + rest.join(""),
    },
  ];
}
