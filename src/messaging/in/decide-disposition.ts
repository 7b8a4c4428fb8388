import { type ErrorCode, toFailure } from "../../domain/errors";
import {
  type FieldError,
  RequestError,
} from "../../orchestrations/request/request-error";

/** What becomes of a message. */
export type MessageDisposition =
  /** It has done its work, or somebody has done it before; the host completes it when the function returns. */
  { readonly kind: "complete" } | DeadLetterDisposition | AbandonDisposition;

/** It can never be processed as it is: it goes to the rejected ones, and is completed. */
export interface DeadLetterDisposition {
  readonly kind: "deadLetter";
  readonly reason: string;
  readonly description: string;
  readonly errors: readonly FieldError[];
}

/** It may be processed later: the host abandons it when the function throws. */
export interface AbandonDisposition {
  readonly kind: "abandon";
  readonly error: unknown;
  readonly pauseMs: number;
}

/** What became of the attempt to start what a message asks for. */
export type StartAttempt =
  { readonly ok: true } | { readonly ok: false; readonly thrown: unknown };

/** The sender's mistakes: delivering the message again would not mend them. */
const senderCodes: ReadonlySet<string> = new Set<ErrorCode>([
  "invalid_request",
  "malformed_json",
  "payload_too_large",
  "workflow_not_found",
  "invalid_workflow",
  "agent_not_found",
  "tool_not_found",
  "idempotency_conflict",
]);

const firstPauseMs = 250;
const longestPauseMs = 4_000;

/** Pure: what became of the attempt says what becomes of the message. */
export function decideDisposition(
  attempt: StartAttempt,
  deliveryCount: number,
): MessageDisposition {
  if (attempt.ok) return { kind: "complete" };
  const { thrown } = attempt;
  const { code, message } = toFailure(thrown);
  if (!senderCodes.has(code)) return abandonDisposition(thrown, deliveryCount);
  return {
    kind: "deadLetter",
    reason: code,
    description: message,
    errors: thrown instanceof RequestError ? thrown.errors : [],
  };
}

/**
 * The broker delivers what is abandoned again at once; without a pause that doubles, an outage of a second would use up
 * all the deliveries that a message has.
 */
export const abandonDisposition = (
  error: unknown,
  deliveryCount: number,
): AbandonDisposition => ({
  kind: "abandon",
  error,
  pauseMs: Math.min(
    firstPauseMs * 2 ** Math.max(0, deliveryCount - 1),
    longestPauseMs,
  ),
});
