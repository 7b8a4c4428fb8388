/**
 * A dead letter, to be processed again. It is sent under a new message id, which the broker's duplicate detection has not
 * seen, and with the id of the first message as the property `idempotencyKey`, by which the app knows the request again:
 * what had already started is not started twice. The new id is made of the old one and the dead letter's number, so that
 * replaying one dead letter twice sends one message.
 */
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import {
  deadLetterPath,
  rejectedQueue,
  requestQueue,
  sessionRequestQueue,
  sourceQueue,
} from "../entities";
import { deriveMessageId } from "../message-id";
import type { DeadLetter, OutgoingMessage, QueuePath } from "../ports";

const requestQueues: readonly string[] = [requestQueue, sessionRequestQueue];

/** The id that the message was first sent under. */
export const originalMessageId = ({
  properties,
  messageId,
}: DeadLetter): string => textIn(properties, "idempotencyKey") ?? messageId;

/** The queue that the message was first sent to. */
export function originalQueue(letter: DeadLetter, path: QueuePath): string {
  const told = textIn(letter.properties, "deadLetterSource");
  if (told !== undefined && requestQueues.includes(told)) return told;
  const source = sourceQueue(path);
  return source === rejectedQueue ? requestQueue : source;
}

/** `body` replaces the one that was wrong. */
export const buildReplayMessage = (
  letter: DeadLetter,
  path: QueuePath,
  body: Json | undefined,
): OutgoingMessage => ({
  to: originalQueue(letter, path),
  messageId: deriveMessageId(
    originalMessageId(letter),
    `replay-${placeOf(path)}-${letter.sequenceNumber}`,
  ),
  body: body ?? letter.body,
  ...omitUndefined({
    contentType: letter.contentType,
    subject: letter.subject,
    // The first message's id stood in for it, and does not any more.
    correlationId: letter.correlationId ?? originalMessageId(letter),
    sessionId: letter.sessionId,
    replyTo: letter.replyTo,
    replyToSessionId: letter.replyToSessionId,
  }),
  properties: {
    ...kept(letter.properties),
    idempotencyKey: originalMessageId(letter),
  },
});

/** Numbers count within a queue. */
function placeOf(path: QueuePath): string {
  if (path === rejectedQueue) return "rejected";
  return path === deadLetterPath(rejectedQueue) ? "rejected-dlq" : "dlq";
}

/** Without what says why it was put away. */
const kept = (properties: DeadLetter["properties"]) =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      !/^deadLetter/i.test(name) && isPlain(value)
        ? [[name, value] as const]
        : [],
    ),
  );

const isPlain = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

function textIn(
  properties: DeadLetter["properties"],
  name: string,
): string | undefined {
  const value = properties[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
