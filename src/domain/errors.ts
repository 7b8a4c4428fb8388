/** Stable error codes. Clients and orchestrators recognise errors by them. */
export type ErrorCode =
  | "invalid_request" // a field of the request is missing, unknown or of the wrong type
  | "malformed_json" // the body is not JSON
  | "payload_too_large" // the body is over 1 MiB
  | "workflow_not_found" // the catalog has no workflow of that name and version
  | "orchestration_not_found" // no orchestration has that id
  | "idempotency_conflict" // the key was already used with another body
  | "not_finished" // the result was requested before the orchestration ended
  | "invalid_workflow" // the workflow definition is not valid
  | "expression_failed" // an expression of the workflow could not be evaluated
  | "agent_not_found" // the definition names an agent that the catalog lacks
  | "tool_not_found" // an agent or a step called a tool that does not exist
  | "tool_input_invalid" // the arguments do not satisfy the tool's schema
  | "tool_failed" // the tool threw
  | "tool_uncertain" // a tool that is not idempotent threw: its side effects are unknown
  | "model_failed" // the model refused or returned an unusable response: a retry does not help
  | "model_unavailable" // the model could not be reached, timed out or throttled: a retry may help
  | "output_invalid" // the agent's answer does not satisfy its output schema: a retry may help
  | "too_many_rounds" // the agent kept calling tools past its limit
  | "step_timeout" // the step exceeded its timeout
  | "storage_unavailable" // tables or blobs could not be reached: a retry may help
  | "messaging_unavailable" // Service Bus could not be reached: a retry may help
  | "messaging_not_configured" // the request needs Service Bus, which is not configured
  | "queue_not_found" // the namespace has no such queue or topic
  | "message_refused" // Service Bus rejects the message permanently
  | "dead_letter_not_found" // the queue has no dead letter of that sequence number
  | "dead_letter_locked" // another receiver holds the lock of the dead letter
  | "configuration_invalid" // a setting is missing or invalid
  | "internal_error"; // a defect of this app

/** Codes of errors after which the same request may succeed later. */
const retryableCodes: ReadonlySet<string> = new Set<ErrorCode>([
  "model_unavailable",
  "storage_unavailable",
  "messaging_unavailable",
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
