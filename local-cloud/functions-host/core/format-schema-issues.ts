import { z } from "zod";
import { errorMessage } from "../../shared/error-message";

/** Formats the schema violations of a file on one line, each with its field. For any other error, returns its message. */
export const formatSchemaIssues = (error: unknown): string =>
  error instanceof z.ZodError
    ? formatIssues(error).join("; ")
    : errorMessage(error);

const formatIssues = ({ issues }: z.ZodError): readonly string[] =>
  issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message,
  );

/** The problems in the host.json settings of an extension, each with its full path. */
export function validateExtensionSettings(
  schema: z.ZodType,
  extension: string,
  settings: unknown,
): readonly string[] {
  const { error } = schema.safeParse(settings);
  return error === undefined
    ? []
    : formatIssues(error).map(
        (issue) => `host.json: extensions.${extension}.${issue}`,
      );
}
