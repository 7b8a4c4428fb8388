/**
 * The condition that each code reports. docs/reference/errors.md is generated from it.
 * @public
 */
export const errorDescriptions = {
  invalid_request: "A field is missing, unknown or of the wrong type.",
  malformed_json: "The body is not JSON encoded as UTF-8.",
  payload_too_large: "The body is larger than 1 MiB.",
  workflow_not_found: "The catalog has no workflow with this name and version.",
  orchestration_not_found: "No orchestration has this id.",
  idempotency_conflict: "The key was used before with another request.",
  not_finished: "The orchestration has not ended, so it has no result yet.",
  invalid_workflow: "The workflow definition is not valid.",
  expression_failed: "An expression of the workflow could not be evaluated.",
  agent_not_found:
    "A definition names an agent that the catalog does not have.",
  tool_not_found: "An agent or a step called a tool that does not exist.",
  tool_input_invalid:
    "The arguments do not match the input schema of the tool.",
  tool_failed: "The tool threw an error.",
  tool_uncertain:
    "A tool that is not idempotent threw an error, so its effect is unknown.",
  model_failed:
    "The model rejected the request or returned an unusable response.",
  model_unavailable:
    "The model could not be reached, timed out or throttled the request.",
  output_invalid: "The answer of the agent does not match its output schema.",
  too_many_rounds: "The agent exceeded its maximum number of model calls.",
  step_timeout: "The step exceeded its time limit.",
  storage_unavailable: "Table or Blob Storage could not be reached.",
  messaging_unavailable: "Service Bus could not be reached.",
  messaging_not_configured:
    "The request needs Service Bus, which the app does not have.",
  queue_not_found: "The Service Bus namespace has no such queue or topic.",
  message_refused: "Service Bus rejected the message permanently.",
  dead_letter_not_found:
    "The queue has no dead letter with this sequence number.",
  dead_letter_locked: "Another receiver holds the dead letter.",
  platform_failed:
    "The Functions host could not run a function, for example because its worker process ended.",
  answer_unknown:
    "The task hub returned only results of other calls for a call.",
  orchestration_lost:
    "The task hub no longer has the running orchestration, for example because it was purged.",
  terminated: "An operator terminated the orchestration in the task hub.",
  configuration_invalid: "A setting is missing or invalid.",
  internal_error: "An error in AOS.",
} as const;

/** The stable identifier of an error in responses, histories, messages and telemetry. */
export type ErrorCode = keyof typeof errorDescriptions;

/** Codes of errors after which the same request may succeed later. */
const retryableCodes: ReadonlySet<string> = new Set<ErrorCode>([
  "model_unavailable",
  "storage_unavailable",
  "messaging_unavailable",
  "platform_failed",
  "tool_failed",
  "output_invalid",
]);

/** The serialized form of an error, for process and durable boundaries, where `instanceof` does not work. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The message names the failed operation, the resource and the remedy. Recognise the error by `code`. */
export class AosError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AosError";
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const isRetryable = (failure: Failure): boolean =>
  retryableCodes.has(failure.code);

/** Serializes a thrown value; anything but an `AosError` becomes `internal_error`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof AosError)
    return { code: (thrown as AosError).code, message: thrown.message };
  return { code: "internal_error", message: toErrorMessage(thrown) };
}

export const toErrorMessage = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
