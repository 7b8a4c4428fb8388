/** What can go wrong, by the stable name that users and orchestrators tell it by. */
export type ErrorCode =
  | "invalid_request" // the caller's fault: a field is missing, unknown or of the wrong type
  | "malformed_json" // the body is not JSON
  | "payload_too_large" // the body is over 1 MiB
  | "workflow_not_found" // no workflow of that name and version in the catalog
  | "orchestration_not_found" // no orchestration of that id
  | "idempotency_conflict" // the same key was used before with another body
  | "not_finished" // the result was asked for before the end
  | "invalid_workflow" // a definition that does not validate
  | "expression_failed" // an expression of the workflow could not be evaluated
  | "agent_not_found" // a definition names an agent that the catalog lacks
  | "tool_not_found" // an agent or a step asked for a tool that does not exist
  | "tool_input_invalid" // the arguments do not fit the tool's schema
  | "tool_failed" // the tool threw
  | "tool_uncertain" // a tool that must not be repeated threw: what it did is not known
  | "model_failed" // the model refused or answered nonsense: asking again does not help
  | "model_unavailable" // the model could not be reached, timed out or throttled: asking again may help
  | "output_invalid" // the agent's answer does not fit its output schema: asking again may help
  | "too_many_rounds" // the agent kept calling tools past its limit
  | "step_timeout" // the step did not settle in its time
  | "storage_unavailable" // tables or blobs could not be reached: asking again may help
  | "messaging_unavailable" // Service Bus could not be reached: asking again may help
  | "messaging_not_configured" // the app has no Service Bus, and was asked for something that needs it
  | "queue_not_found" // the namespace has no such queue or topic
  | "message_refused" // Service Bus will never take this message
  | "dead_letter_not_found" // no dead letter of that number in the queue
  | "dead_letter_locked" // the dead letter is being looked at by somebody else
  | "configuration_invalid" // a setting is missing or wrong
  | "internal_error"; // a fault of ours

/** Codes for which the same request may succeed later. */
const retryableCodes: ReadonlySet<string> = new Set<ErrorCode>([
  "model_unavailable",
  "storage_unavailable",
  "messaging_unavailable",
  "tool_failed",
  "output_invalid",
]);

/** The form in which an error crosses process and durable boundaries, where `instanceof` means nothing. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** An error for people: what happened, to which thing, what to do. Recognise it by `code`. */
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

/** The failure that an unknown thrown value stands for; what carries no code of ours is `internal_error`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof AosError)
    return { code: (thrown as AosError).code, message: thrown.message };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal_error", message };
}
