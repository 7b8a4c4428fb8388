import { type ErrorCode, toFailure } from "../../domain/errors";
import {
  type FieldError,
  RequestError,
} from "../../orchestrations/request/request-error";

export type MessageDisposition =
  { readonly kind: "complete" } | DeadLetterDisposition | AbandonDisposition;

/** The message can never be processed: it is copied to the queue of rejected messages and completed. */
export interface DeadLetterDisposition {
  readonly kind: "deadLetter";
  readonly reason: string;
  readonly description: string;
  readonly errors: readonly FieldError[];
}

/** The message may be processed later: the handler throws, and the host abandons the message. */
export interface AbandonDisposition {
  readonly kind: "abandon";
  readonly error: unknown;
  /** Delay before the handler throws. */
  readonly pauseMs: number;
}

export type StartAttempt =
  { readonly ok: true } | { readonly ok: false; readonly thrown: unknown };

/** Errors of the sender, which a redelivery cannot correct. */
const senderErrorCodes: ReadonlySet<string> = new Set<ErrorCode>([
  "invalid_request",
  "malformed_json",
  "payload_too_large",
  "workflow_not_found",
  "invalid_workflow",
  "agent_not_found",
  "tool_not_found",
  "idempotency_conflict",
]);

const initialPauseMs = 250;
const maxPauseMs = 4_000;

export function decideDisposition(
  attempt: StartAttempt,
  deliveryCount: number,
): MessageDisposition {
  if (attempt.ok) return { kind: "complete" };
  const { thrown } = attempt;
  const { code, message } = toFailure(thrown);
  if (!senderErrorCodes.has(code))
    return abandonDisposition(thrown, deliveryCount);
  return {
    kind: "deadLetter",
    reason: code,
    description: message,
    errors: thrown instanceof RequestError ? thrown.errors : [],
  };
}

/**
 * The broker redelivers an abandoned message immediately. Without exponential backoff, an outage of one second would use
 * up all deliveries of a message.
 */
export const abandonDisposition = (
  error: unknown,
  deliveryCount: number,
): AbandonDisposition => ({
  kind: "abandon",
  error,
  pauseMs: Math.min(
    initialPauseMs * 2 ** Math.max(0, deliveryCount - 1),
    maxPauseMs,
  ),
});
