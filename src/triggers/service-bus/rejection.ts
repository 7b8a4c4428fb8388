/** What is sent when a message is rejected. Ids are made of the message's own, so that sending twice sends once. */
import { rejectedQueue, sessionRequestQueue } from "../../messaging/entities";
import { derivedId } from "../../messaging/message-id";
import type { OutgoingMessage } from "../../messaging/ports";
import type { ReplyAddress } from "../../model/contracts";
import type { Json } from "../../model/payload";
import { present } from "../../model/present";
import type { FieldError } from "../request-error";
import type { Rejection } from "./decide";
import { keyOf } from "./read-request";
import type { ReceivedMessage } from "./received-message";

/** Service Bus takes properties of 32 KB, and 64 KB of all together. */
const longestDescription = 4_000;
const longestErrors = 16_000;

/** The copy for the queue of the rejected, which can be looked at and sent again with `/api/dead-letters`. */
export const rejectedCopy = (
  message: ReceivedMessage,
  { reason, description, errors }: Rejection,
): OutgoingMessage => ({
  to: rejectedQueue,
  // The two queues know nothing of each other's ids.
  messageId: derivedId(
    message.messageId,
    message.queue === sessionRequestQueue ? "session-dlq" : "dlq",
  ),
  body: bytesOf(message.body),
  ...present({
    contentType: message.contentType,
    subject: message.subject,
    correlationId: message.correlationId,
    sessionId: message.sessionId,
    replyTo: message.replyTo,
    replyToSessionId: message.replyToSessionId,
  }),
  properties: {
    ...plain(message.properties),
    idempotencyKey: keyOf(message),
    deadLetterSource: message.queue,
    deadLetterReason: reason,
    deadLetterDescription: description.slice(0, longestDescription),
    deadLetterErrors: JSON.stringify(fitting(errors)),
  },
});

/** The answer to a request that was not accepted. */
export const rejectedResponse = (
  message: ReceivedMessage,
  { queue, correlationId, sessionId }: ReplyAddress,
  { reason, description, errors }: Rejection,
): OutgoingMessage => ({
  to: queue,
  messageId: derivedId(message.messageId, "rejected"),
  ...present({ correlationId, sessionId }),
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
    ...present({ traceparent: message.traceparent }),
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
