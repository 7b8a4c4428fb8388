import type { FailureDetails, TaskFailure } from "./history-event";

/** What the client library writes before the state of an orchestrator function that threw. */
const stateLabel = "$OutOfProcData$:";

/** The state that a failed orchestrator function left in its error message, as JSON text. */
export function extractStateJson(message: string): string | undefined {
  const at = message.indexOf(stateLabel);
  return at < 0 ? undefined : message.slice(at + stateLabel.length);
}

export const orchestratorFailureMessage = (
  name: string,
  reason: string,
): string => `Orchestrator function '${name}' failed: ${reason}`;

export const unknownFunctionMessage = (
  kind: "orchestrator" | "activity" | "entity",
  name: string,
  known: readonly string[],
): string =>
  `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: ` +
  (known.length === 0
    ? `No ${kind} functions are currently registered.`
    : `The following are the known ${kind} functions: ${known.map((one) => `'${one}'`).join(", ")}.`);

/**
 * What an orchestration is told of an activity that threw. With an exception properties provider in the app, the
 * client library makes the message a JSON object of the error's type, message and properties.
 */
export function toActivityFailure(
  name: string,
  error: { readonly message: string; readonly stack: string },
): TaskFailure {
  const details = describedError(error.message);
  return {
    Reason: `Activity function '${name}' failed: ${details?.ErrorMessage ?? error.message}`,
    Details: error.stack,
    FailureDetails: details ?? null,
  };
}

function describedError(message: string): FailureDetails | undefined {
  const described = parsed(message);
  if (!isRecord(described)) return undefined;
  const { errorType, errorMessage, stackTrace, isNonRetriable, properties } =
    described;
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

/** The failure details that an uncaught task error left in an orchestrator's state. */
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

function parsed(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an error message that merely looks like JSON
  }
}
