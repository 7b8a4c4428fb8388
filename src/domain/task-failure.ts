import { z } from "zod";
import { AosError, type Failure, toFailure } from "./errors";

/** What the exception properties provider of the app adds to an AosError on its way out of an activity. */
const properties = z.object({ code: z.string() });

interface Details {
  readonly errorMessage: string;
  readonly properties?: unknown;
  readonly innerFailure?: Details | undefined;
}
const details: z.ZodType<Details> = z.object({
  errorMessage: z.string(),
  properties: z.unknown().optional(),
  get innerFailure() {
    return details.nullish().transform((inner) => inner ?? undefined);
  },
});
const taskFailedError = z.object({ failureDetails: details });

/**
 * The failure behind what an orchestrator catches when an activity, an entity or a child orchestration failed: an
 * error with details where the extension passes them on, otherwise text that it made of the error.
 */
export function parseTaskFailure(thrown: unknown): Failure {
  if (thrown instanceof AosError) return toFailure(thrown);
  const detailed = taskFailedError.safeParse(thrown);
  if (detailed.success) return fromDetails(detailed.data.failureDetails);
  return fromText(thrown instanceof Error ? thrown.message : String(thrown));
}

function fromDetails(found: Details): Failure {
  const code = codeIn(found);
  return {
    code: code ?? "internal_error",
    message:
      code === undefined ? plain(found.errorMessage) : found.errorMessage,
  };
}

function codeIn(found: Details | undefined): string | undefined {
  if (found === undefined) return undefined;
  const known = properties.safeParse(found.properties);
  return known.success ? known.data.code : codeIn(found.innerFailure);
}

/** An extension that does not know of exception properties passes on the JSON text that carries them. */
function fromText(text: string): Failure {
  const message = plain(text);
  const carried = details.safeParse(parsedJson(message));
  if (carried.success) return fromDetails(carried.data);
  return { code: "internal_error", message };
}

/** Without what the extension puts around a message: the name of the function before it, a stack behind it. */
function plain(text: string): string {
  const [message = ""] = text
    .replace(
      /^(?:(?:Activity|Orchestrator|Entity) function '[^']*' failed: )+/,
      "",
    )
    .split(/ ?\n/, 1);
  const bare = message.replace(/^(?:[A-Za-z.]*(?:Error|Exception): )+/, "");
  return bare.trim() || "It failed without telling a reason.";
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Most messages are not JSON, and are then taken as they are.
    return undefined;
  }
}
