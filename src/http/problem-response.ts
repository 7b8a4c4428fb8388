/** How errors are told over HTTP: `application/problem+json` of RFC 9457, with the code that programs go by. */
import { AosError, type ErrorCode } from "../domain/errors";
import { RequestError } from "../orchestrations/request/request-error";

/** A response as the host wants it, complete but for what every response carries. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Kind {
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
}

const kinds: Readonly<Record<ErrorCode, Kind>> = {
  invalid_request: { status: 400, title: "The request is not valid" },
  malformed_json: { status: 400, title: "The body is not JSON" },
  payload_too_large: { status: 413, title: "The body is too large" },
  workflow_not_found: { status: 404, title: "No such workflow" },
  orchestration_not_found: { status: 404, title: "No such orchestration" },
  idempotency_conflict: {
    status: 409,
    title: "The key was used with another body",
  },
  not_finished: {
    status: 409,
    title: "The orchestration has not ended",
    retryAfterSeconds: 1,
  },
  invalid_workflow: { status: 400, title: "The workflow is not valid" },
  expression_failed: { status: 400, title: "An expression failed" },
  agent_not_found: { status: 404, title: "No such agent" },
  tool_not_found: { status: 404, title: "No such tool" },
  tool_input_invalid: { status: 400, title: "The tool's input is not valid" },
  tool_failed: { status: 502, title: "A tool failed" },
  tool_uncertain: {
    status: 502,
    title: "Whether a tool did its work is not known",
  },
  model_failed: { status: 502, title: "The model failed" },
  model_unavailable: {
    status: 503,
    title: "The model is unavailable",
    retryAfterSeconds: 5,
  },
  output_invalid: { status: 502, title: "The agent's answer is not valid" },
  too_many_rounds: { status: 502, title: "The agent did not come to an end" },
  step_timeout: { status: 504, title: "A step took too long" },
  storage_unavailable: {
    status: 503,
    title: "Storage is unavailable",
    retryAfterSeconds: 5,
  },
  messaging_unavailable: {
    status: 503,
    title: "Service Bus is unavailable",
    retryAfterSeconds: 5,
  },
  messaging_not_configured: {
    status: 501,
    title: "Service Bus is not configured",
  },
  queue_not_found: { status: 404, title: "No such queue" },
  message_refused: { status: 422, title: "Service Bus refused the message" },
  dead_letter_not_found: { status: 404, title: "No such dead letter" },
  dead_letter_locked: {
    status: 409,
    title: "The dead letter is in use",
    retryAfterSeconds: 30,
  },
  configuration_invalid: { status: 500, title: "A setting is not valid" },
  internal_error: { status: 500, title: "Something went wrong in AOS" },
};

const isOurs = (thrown: unknown): thrown is AosError =>
  thrown instanceof AosError;

const unexpected = (requestId: string): AosError =>
  new AosError(
    "internal_error",
    `The request failed for a reason that is not yours. Look for request ${requestId} in the log.`,
  );

/** The response for anything thrown. Only an `AosError` is written for people; of all else nothing is shown. */
export function problemResponse(thrown: unknown, requestId: string): HttpReply {
  const error = isOurs(thrown) ? thrown : unexpected(requestId);
  const { status, title, retryAfterSeconds } = kinds[error.code];
  const body = {
    type: `urn:aos:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error instanceof RequestError && { errors: error.errors }),
    requestId,
  };
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterSeconds !== undefined && {
        "retry-after": String(retryAfterSeconds),
      }),
    },
    body: JSON.stringify(body),
  };
}
