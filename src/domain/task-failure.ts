import { z } from "zod";
import { AosError, type Failure, toErrorMessage, toFailure } from "./errors";
import { isPlatformFailure } from "./platform-failure";

/** The properties that the app's exception properties provider adds to an `AosError`. */
const exceptionProperties = z.object({ code: z.string() });

interface FailureDetails {
  readonly errorMessage: string;
  readonly properties?: unknown;
  readonly innerFailure?: FailureDetails | undefined;
}
const failureDetails: z.ZodType<FailureDetails> = z.object({
  errorMessage: z.string(),
  properties: z.unknown().optional(),
  get innerFailure() {
    return failureDetails.nullish().transform((inner) => inner ?? undefined);
  },
});
const taskFailedError = z.object({ failureDetails });

/**
 * Reads the failure of an activity, an entity or a sub-orchestration from the error that an orchestrator catches: an
 * error with details if the extension passes them on, otherwise text that the extension derived from the error.
 */
export function parseTaskFailure(thrown: unknown): Failure {
  if (thrown instanceof AosError) return toFailure(thrown);
  const detailed = taskFailedError.safeParse(thrown);
  return detailed.success
    ? fromDetails(detailed.data.failureDetails)
    : fromText(toErrorMessage(thrown));
}

function fromDetails(details: FailureDetails): Failure {
  const code = findCode(details);
  return code === undefined
    ? toUncodedFailure(stripPrefixes(details.errorMessage))
    : { code, message: details.errorMessage };
}

function findCode(details: FailureDetails | undefined): string | undefined {
  if (details === undefined) return undefined;
  const known = exceptionProperties.safeParse(details.properties);
  return known.success ? known.data.code : findCode(details.innerFailure);
}

/** Extensions without support for exception properties pass on the JSON text that contains them. */
function fromText(text: string): Failure {
  const message = stripPrefixes(text);
  const details = failureDetails.safeParse(tryParseJson(message));
  return details.success
    ? fromDetails(details.data)
    : toUncodedFailure(message);
}

const toUncodedFailure = (message: string): Failure => ({
  code: isPlatformFailure(message) ? "platform_failed" : "internal_error",
  message,
});

/** Removes the extension's additions: the function name before the message, the stack after it. */
function stripPrefixes(text: string): string {
  const [message = ""] = text
    .replace(
      /^(?:(?:Activity|Orchestrator|Entity) function '[^']*' failed: )+/,
      "",
    )
    .split(/ ?\n/, 1);
  const bare = message.replace(/^(?:[A-Za-z.]*(?:Error|Exception): )+/, "");
  return bare.trim() || "The function failed without a message.";
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
