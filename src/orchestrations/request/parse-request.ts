import type { z } from "zod";
import { type FieldError, invalidRequest } from "./request-error";

/** The value as the schema has it, or `invalid_request` with an error for every field at fault. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  under = "",
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.flatMap((issue) => toFieldErrors(issue, under)),
  );
}

/** RFC 6901. */
export const toJsonPointer = (
  path: readonly PropertyKey[],
  under = "",
): string =>
  under +
  path
    .map((part) => {
      const text = String(part).replaceAll("~", "~0").replaceAll("/", "~1");
      return `/${text}`;
    })
    .join("");

function toFieldErrors(issue: z.core.$ZodIssue, under: string): FieldError[] {
  // One issue names all unknown fields; each deserves a pointer of its own.
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      pointer: toJsonPointer([...issue.path, key], under),
      detail: "is not a known field",
    }));
  const [first = "", ...rest] = issue.message;
  return [
    {
      pointer: toJsonPointer(issue.path, under),
      detail: first.toLowerCase() + rest.join(""),
    },
  ];
}
