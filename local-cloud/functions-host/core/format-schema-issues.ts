import { z } from "zod";
import { describeError } from "./host-error";

/** What is wrong with a file's content, on one line: each field with its problem, or why it is not JSON at all. */
export const formatSchemaIssues = (error: unknown): string =>
  error instanceof z.ZodError
    ? issuesOf(error).join("; ")
    : describeError(error);

const issuesOf = ({ issues }: z.ZodError): readonly string[] =>
  issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message,
  );

/** What is wrong with the settings of an extension in host.json, each with its whole name. */
export function validateExtensionSettings(
  schema: z.ZodType,
  extension: string,
  settings: unknown,
): readonly string[] {
  const { error } = schema.safeParse(settings);
  return error === undefined
    ? []
    : issuesOf(error).map(
        (issue) => `host.json: extensions.${extension}.${issue}`,
      );
}
