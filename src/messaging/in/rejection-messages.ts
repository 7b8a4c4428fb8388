/** What is sent when a message is rejected. Ids are made of the message's own, so that sending twice sends once. */
import { rejectedQueue, sessionRequestQueue } from "../entities";
import { deriveMessageId } from "../message-id";
import type { OutgoingMessage } from "../ports";
import type { ReplyAddress } from "../../domain/contracts";
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import type { FieldError } from "../../orchestrations/request/request-error";
import type { DeadLetterDisposition } from "./decide-disposition";
import { readIdempotencyKey } from "./read-request-message";
import type { ReceivedMessage } from "./received-message";

/** Service Bus takes properties of 32 KB, and 64 KB of all together. */
const longestDescription = 4_000;
const longestErrors = 16_000;

/** The copy for the queue of the rejected, which can be looked at and sent again with `/api/dead-letters`. */
export const buildRejectedCopy = (
  message: ReceivedMessage,
  { reason, description, errors }: DeadLetterDisposition,
): OutgoingMessage => ({
  to: rejectedQueue,
  // The two queues know nothing of each other's ids.
  messageId: deriveMessageId(
    message.messageId,
    message.queue === sessionRequestQueue ? "session-dlq" : "dlq",
  ),
  body: bytesOf(message.body),
  ...omitUndefined({
    contentType: message.contentType,
    subject: message.subject,
    correlationId: message.correlationId,
    sessionId: message.sessionId,
    replyTo: message.replyTo,
    replyToSessionId: message.replyToSessionId,
  }),
  properties: {
    ...plain(message.properties),
    idempotencyKey: readIdempotencyKey(message),
    deadLetterSource: message.queue,
    deadLetterReason: reason,
    deadLetterDescription: description.slice(0, longestDescription),
    deadLetterErrors: JSON.stringify(fitting(errors)),
  },
});

/** The answer to a request that was not accepted. */
export const buildRejectedResponse = (
  message: ReceivedMessage,
  { queue, correlationId, sessionId }: ReplyAddress,
  { reason, description, errors }: DeadLetterDisposition,
): OutgoingMessage => ({
  to: queue,
  messageId: deriveMessageId(message.messageId, "rejected"),
  ...omitUndefined({ correlationId, sessionId }),
  subject: "orchestration.rejected",
  body: {
    status: "rejected",
    error: {
      code: reason,
      message: description.slice(0, longestDescription),
      errors: fitting(errors).map((each) => ({ ...each })),
    },
  },
  properties: {
    status: "rejected",
    ...omitUndefined({ traceparent: message.traceparent }),
  },
});

/** The host has parsed JSON; what is sent on is the same value, and text that is no JSON byte for byte. */
function bytesOf(body: unknown): Uint8Array | Json {
  if (body instanceof Uint8Array) return body;
  return typeof body === "string"
    ? Buffer.from(body)
    : ((body ?? null) as Json);
}

function fitting(errors: readonly FieldError[]): readonly FieldError[] {
  let room = longestErrors;
  const kept = errors.filter((error) => {
    room -= JSON.stringify(error).length;
    return room >= 0;
  });
  if (kept.length === errors.length) return errors;
  const left = errors.length - kept.length;
  return [...kept, { pointer: "", detail: `has ${left} more errors` }];
}

const plain = (properties: ReceivedMessage["properties"]) =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      isPlain(value) ? [[name, value] as const] : [],
    ),
  );

const isPlain = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);
