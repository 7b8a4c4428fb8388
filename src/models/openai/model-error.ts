import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "openai";
import { AosError } from "../../domain/errors";

/** What a failed request means: `model_unavailable` when asking again may help, `model_failed` when not. */
export function toModelError(thrown: unknown, model: string): Error {
  if (thrown instanceof AosError) return thrown;
  // The client wraps what our token provider throws.
  if (thrown instanceof Error && thrown.cause instanceof AosError)
    return thrown.cause;
  const code = mayHelpToAskAgain(thrown) ? "model_unavailable" : "model_failed";
  return new AosError(code, `The model ${model} ${problemOf(thrown)}`, {
    cause: thrown,
  });
}

function mayHelpToAskAgain(thrown: unknown): boolean {
  if (isBrokenOff(thrown) || thrown instanceof APIConnectionError) return true;
  // Also a 429, but one that only a payment ends.
  if (!isApiError(thrown) || thrown.code === "insufficient_quota") return false;
  const status = thrown.status ?? 0;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function problemOf(thrown: unknown): string {
  if (isBrokenOff(thrown)) return "was cut off before its answer was complete.";
  if (thrown instanceof APIConnectionTimeoutError)
    return "did not answer in time.";
  if (thrown instanceof APIConnectionError)
    return `could not be reached: ${rootMessage(thrown)}`;
  if (isApiError(thrown))
    return `answered with an error: ${thrown.message}.${adviceOn(thrown.status)}`;
  return `could not be asked: ${rootMessage(thrown)}`;
}

function adviceOn(status: number | undefined): string {
  if (status === 401 || status === 403)
    return " Check the key, or the identity's role on the resource.";
  if (status === 404)
    return " Check the endpoint and the name of the model or deployment.";
  return "";
}

// The class is generic; `instanceof` alone leaves its status untyped.
const isApiError = (thrown: unknown): thrown is APIError =>
  thrown instanceof APIError;

/** Cancelled, out of time, or the connection was lost (`terminated`, in the words of fetch) in the middle of the body. */
function isBrokenOff(thrown: unknown): boolean {
  if (thrown instanceof APIUserAbortError) return true;
  // By name: what fetch throws may come from another realm, where `instanceof` means nothing.
  const { name, message } = (thrown ?? {}) as Partial<Error>;
  if (name === "AbortError" || name === "TimeoutError") return true;
  return name === "TypeError" && message === "terminated";
}

/** `fetch failed` says nothing; the cause at the bottom says which connection was refused. */
function rootMessage(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error
    ? rootMessage(thrown.cause)
    : thrown.message;
}
