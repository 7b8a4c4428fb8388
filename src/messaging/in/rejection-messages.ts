/**
 * Messages about a rejected message. Their ids are derived from its id and its position in its queue: duplicate detection
 * drops the repetition of a redelivery, but not the message about another message with the same id.
 */
import { rejectedQueue, sessionRequestQueue } from "../entities";
import { deriveMessageId } from "../message-id";
import type { OutgoingMessage } from "../ports";
import { scalarProperties } from "../scalar-properties";
import type { ReplyAddress } from "../../domain/contracts";
import { omitUndefined } from "../../domain/omit-undefined";
import type { FieldError } from "../../orchestrations/request/request-error";
import type { DeadLetterDisposition } from "./decide-disposition";
import { readIdempotencyKey } from "./read-request-message";
import type { ReceivedMessage } from "./received-message";

/** Service Bus limits one property to 32 KB and all properties together to 64 KB. */
const maxDescriptionLength = 4_000;
const maxErrorsLength = 16_000;

/** The copy for the queue of rejected messages, which `/api/dead-letters` lists and replays. */
export const buildRejectedCopy = (
  message: ReceivedMessage,
  { reason, description, errors }: DeadLetterDisposition,
): OutgoingMessage => ({
  to: rejectedQueue,
  messageId: deriveId(message, "dlq"),
  body: message.body,
  ...omitUndefined({
    contentType: message.contentType,
    subject: message.subject,
    correlationId: message.correlationId,
    sessionId: message.sessionId,
    replyTo: message.replyTo,
    replyToSessionId: message.replyToSessionId,
  }),
  properties: {
    ...scalarProperties(message.properties),
    idempotencyKey: readIdempotencyKey(message),
    deadLetterSource: message.queue,
    deadLetterReason: reason,
    deadLetterDescription: description.slice(0, maxDescriptionLength),
    deadLetterErrors: JSON.stringify(limitErrors(errors)),
  },
});

export const buildRejectedResponse = (
  message: ReceivedMessage,
  { queue, correlationId, sessionId }: ReplyAddress,
  { reason, description, errors }: DeadLetterDisposition,
): OutgoingMessage => ({
  to: queue,
  messageId: deriveId(message, "rejected"),
  ...omitUndefined({ correlationId, sessionId }),
  subject: "orchestration.rejected",
  body: {
    status: "rejected",
    error: {
      code: reason,
      message: description.slice(0, maxDescriptionLength),
      errors: limitErrors(errors).map((error) => ({ ...error })),
    },
  },
  properties: {
    status: "rejected",
    ...omitUndefined({ traceparent: message.traceparent }),
  },
});

/** Sequence numbers are unique only within one queue. */
const deriveId = (
  { messageId, queue, sequenceNumber }: ReceivedMessage,
  suffix: string,
): string =>
  deriveMessageId(
    messageId,
    `${queue === sessionRequestQueue ? "session-" : ""}${suffix}-${sequenceNumber}`,
  );

function limitErrors(errors: readonly FieldError[]): readonly FieldError[] {
  let remaining = maxErrorsLength;
  const kept = errors.filter((error) => {
    remaining -= JSON.stringify(error).length;
    return remaining >= 0;
  });
  if (kept.length === errors.length) return errors;
  const omitted = errors.length - kept.length;
  return [...kept, { pointer: "", detail: `has ${omitted} more errors` }];
}
