import { z } from "zod";
import { AosError, type Failure, toErrorMessage, toFailure } from "./errors";
import { isPlatformFailure } from "./platform-failure";

const taskFailedError = z.object({
  failureDetails: z.object({ errorMessage: z.string() }),
});

/**
 * Reads the failure of an activity, an entity or a sub-orchestration from the error that an orchestrator catches: an
 * error with details if the extension passes them on, otherwise text that the extension derived from the error.
 */
export function parseTaskFailure(thrown: unknown): Failure {
  if (thrown instanceof AosError) return toFailure(thrown);
  const { data } = taskFailedError.safeParse(thrown);
  const message = stripPrefixes(
    data?.failureDetails.errorMessage ?? toErrorMessage(thrown),
  );
  return {
    code: isPlatformFailure(message) ? "platform_failed" : "internal_error",
    message,
  };
}

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
