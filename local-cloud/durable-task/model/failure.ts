import type { FailureDetails, TaskFailure } from "./history-event";

/** The client library writes this label before the state of an orchestrator function that threw. */
const stateLabel = "$OutOfProcData$:";

/** The state in the error message of a failed orchestrator function, as JSON text. */
export function extractStateJson(message: string): string | undefined {
  const at = message.indexOf(stateLabel);
  return at < 0 ? undefined : message.slice(at + stateLabel.length);
}

export const orchestratorFailureMessage = (
  name: string,
  reason: string,
): string => `Orchestrator function '${name}' failed: ${reason}`;

/** Error message when no function in `known` has this name (case-insensitive); otherwise undefined. */
export function describeUnknownFunction(
  kind: "orchestrator" | "activity" | "entity",
  name: string,
  known: readonly string[],
): string | undefined {
  const key = name.toLowerCase();
  if (known.some((candidate) => candidate.toLowerCase() === key))
    return undefined;
  const names = known.map((candidate) => `'${candidate}'`).join(", ");
  return (
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: ` +
    (known.length === 0
      ? `No ${kind} functions are currently registered.`
      : `The following are the known ${kind} functions: ${names}.`)
  );
}

/**
 * The failure of an activity that threw. If the app has an exception properties provider, the client library replaces the
 * message by a JSON object with the error's type, message and properties.
 */
export function toActivityFailure(
  name: string,
  error: { readonly message: string; readonly stack: string },
): TaskFailure {
  const details = parseErrorProperties(error.message);
  return {
    Reason: `Activity function '${name}' failed: ${details?.ErrorMessage ?? error.message}`,
    Details: error.stack,
    FailureDetails: details ?? null,
  };
}

function parseErrorProperties(message: string): FailureDetails | undefined {
  const error = parseJsonObject(message);
  if (!isRecord(error)) return undefined;
  const { errorType, errorMessage, stackTrace, isNonRetriable, properties } =
    error;
  if (typeof errorType !== "string" || typeof errorMessage !== "string")
    return undefined;
  return {
    ErrorType: errorType,
    ErrorMessage: errorMessage,
    StackTrace: typeof stackTrace === "string" ? stackTrace : null,
    IsNonRetriable: isNonRetriable === true,
    Properties: properties ?? null,
    InnerFailure: null,
  };
}

/** The failure details of an uncaught task error, from an orchestrator's state. */
export function toFailureDetails(value: unknown): FailureDetails | null {
  if (!isRecord(value)) return null;
  const { ErrorType, ErrorMessage, StackTrace, Properties, InnerFailure } =
    value;
  if (typeof ErrorType !== "string" || typeof ErrorMessage !== "string")
    return null;
  return {
    ErrorType,
    ErrorMessage,
    StackTrace: typeof StackTrace === "string" ? StackTrace : null,
    IsNonRetriable: value["IsNonRetriable"] === true,
    Properties: Properties ?? null,
    InnerFailure: InnerFailure ?? null,
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseJsonObject(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an error message that only looks like JSON
  }
}
