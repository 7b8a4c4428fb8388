import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "openai";
import { AosError } from "../../domain/errors";

/** `model_unavailable` when a retry may succeed, `model_failed` when it cannot. */
export function toModelError(thrown: unknown, model: string): Error {
  if (thrown instanceof AosError) return thrown;
  // The client wraps the errors of the token provider.
  if (thrown instanceof Error && thrown.cause instanceof AosError)
    return thrown.cause;
  const code = isTransient(thrown) ? "model_unavailable" : "model_failed";
  const message = `The model ${model} ${describeProblem(thrown)}`;
  return new AosError(code, message, { cause: thrown });
}

function isTransient(thrown: unknown): boolean {
  if (isInterrupted(thrown) || thrown instanceof APIConnectionError)
    return true;
  // An exhausted quota is also a 429, but a retry does not help.
  if (!isApiError(thrown) || thrown.code === "insufficient_quota") return false;
  const status = thrown.status ?? 0;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function describeProblem(thrown: unknown): string {
  if (isInterrupted(thrown)) return "did not send a complete response.";
  if (thrown instanceof APIConnectionTimeoutError)
    return "did not respond in time.";
  if (thrown instanceof APIConnectionError)
    return `could not be reached: ${rootMessage(thrown)}`;
  if (isApiError(thrown))
    return `returned an error: ${thrown.message}.${adviceFor(thrown.status)}`;
  return `could not be called: ${rootMessage(thrown)}`;
}

function adviceFor(status: number | undefined): string {
  if (status === 401 || status === 403)
    return " Check the key, or the identity's role on the resource.";
  if (status === 404)
    return " Check the endpoint and the name of the model or deployment.";
  return "";
}

// The class is generic: `instanceof` alone leaves `status` untyped.
const isApiError = (thrown: unknown): thrown is APIError =>
  thrown instanceof APIError;

/** The request was cancelled or timed out, or the connection broke within the body (fetch throws `terminated`). */
function isInterrupted(thrown: unknown): boolean {
  if (thrown instanceof APIUserAbortError) return true;
  // By name: errors of fetch may come from another realm, where `instanceof` is always false.
  const { name, message } = (thrown ?? {}) as Partial<Error>;
  if (name === "AbortError" || name === "TimeoutError") return true;
  return name === "TypeError" && message === "terminated";
}

/** The innermost cause names the refused connection; the error itself is only `fetch failed`. */
function rootMessage(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error
    ? rootMessage(thrown.cause)
    : thrown.message;
}
