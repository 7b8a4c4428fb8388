/** Converts errors to `application/problem+json` (RFC 9457) with a stable `code`. */
import { AosError, type ErrorCode } from "../domain/errors";
import { RequestError } from "../orchestrations/request/request-error";

/** A response for the Functions host, without the headers that every response carries. */
export interface SerializedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
}

const problemTypes: Readonly<Record<ErrorCode, ProblemType>> = {
  invalid_request: { status: 400, title: "Request is not valid" },
  malformed_json: { status: 400, title: "Request body is not JSON" },
  payload_too_large: { status: 413, title: "Request body is too large" },
  workflow_not_found: { status: 404, title: "Workflow not found" },
  orchestration_not_found: { status: 404, title: "Orchestration not found" },
  idempotency_conflict: {
    status: 409,
    title: "Idempotency key was used with a different body",
  },
  not_finished: {
    status: 409,
    title: "Orchestration has not finished",
    retryAfterSeconds: 1,
  },
  invalid_workflow: { status: 400, title: "Workflow is not valid" },
  expression_failed: { status: 400, title: "Expression failed" },
  agent_not_found: { status: 404, title: "Agent not found" },
  tool_not_found: { status: 404, title: "Tool not found" },
  tool_input_invalid: { status: 400, title: "Tool input is not valid" },
  tool_failed: { status: 502, title: "Tool failed" },
  tool_uncertain: {
    status: 502,
    title: "Tool outcome is unknown",
  },
  model_failed: { status: 502, title: "Model failed" },
  model_unavailable: {
    status: 503,
    title: "Model is unavailable",
    retryAfterSeconds: 5,
  },
  output_invalid: { status: 502, title: "Agent output is not valid" },
  too_many_rounds: {
    status: 502,
    title: "Agent exceeded its limit of model calls",
  },
  step_timeout: { status: 504, title: "Step timed out" },
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
  queue_not_found: { status: 404, title: "Queue not found" },
  message_refused: { status: 422, title: "Service Bus refused the message" },
  dead_letter_not_found: { status: 404, title: "Dead letter not found" },
  dead_letter_locked: {
    status: 409,
    title: "Dead letter is locked",
    retryAfterSeconds: 30,
  },
  platform_failed: {
    status: 503,
    title: "Functions host failed",
    retryAfterSeconds: 5,
  },
  answer_unknown: { status: 500, title: "Results of other calls" },
  orchestration_lost: { status: 410, title: "Orchestration was lost" },
  terminated: { status: 409, title: "Orchestration was terminated" },
  configuration_invalid: { status: 500, title: "Configuration is not valid" },
  internal_error: { status: 500, title: "Internal error" },
};

const internalError = (requestId: string): AosError =>
  new AosError(
    "internal_error",
    `Request ${requestId} failed because of an internal error. Search the log for the request id.`,
  );

const isAosError = (thrown: unknown): thrown is AosError =>
  thrown instanceof AosError;

/** Only the message of an `AosError` reaches the client; any other error could contain internal details. */
export function problemResponse(
  thrown: unknown,
  requestId: string,
): SerializedResponse {
  const error = isAosError(thrown) ? thrown : internalError(requestId);
  const { status, title, retryAfterSeconds } = problemTypes[error.code];
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
