/**
 * Builds the message that replays a dead letter.
 *
 * 1. It has a new message id, which duplicate detection has not seen.
 * 2. The new id is derived from the original id and the dead letter's sequence number: replaying a dead letter twice
 *    sends one message.
 * 3. The property `idempotencyKey` contains the original id, so that AOS does not start the same orchestration twice.
 */
import { omitUndefined } from "../../domain/omit-undefined";
import type { Json } from "../../domain/payload";
import {
  deadLetterPath,
  parseQueuePath,
  rejectedQueue,
  requestQueue,
  sessionRequestQueue,
} from "../entities";
import { deriveMessageId } from "../message-id";
import type { DeadLetter, OutgoingMessage, QueuePath } from "../ports";
import { scalarProperties } from "../scalar-properties";

const requestQueues: readonly string[] = [requestQueue, sessionRequestQueue];

/** Returns the id under which the message was first sent. */
export const originalMessageId = ({
  properties,
  messageId,
}: DeadLetter): string =>
  nonEmptyString(properties["idempotencyKey"]) ?? messageId;

/** Returns the queue to which the message was first sent. Ignores a `deadLetterSource` that is not a request queue. */
export function originalQueue(letter: DeadLetter, path: QueuePath): string {
  const source = nonEmptyString(letter.properties["deadLetterSource"]);
  if (source !== undefined && requestQueues.includes(source)) return source;
  const { queue } = parseQueuePath(path);
  return queue === rejectedQueue ? requestQueue : queue;
}

/** `body` replaces the original body. */
export function buildReplayMessage(
  letter: DeadLetter,
  path: QueuePath,
  body: Json | undefined,
): OutgoingMessage {
  const originalId = originalMessageId(letter);
  return {
    to: originalQueue(letter, path),
    messageId: deriveMessageId(
      originalId,
      `replay-${replaySuffix(path)}-${letter.sequenceNumber}`,
    ),
    body: body ?? letter.body,
    ...omitUndefined({
      contentType: letter.contentType,
      subject: letter.subject,
      // Without a correlation id, the client expects the original message id in the response.
      correlationId: letter.correlationId ?? originalId,
      sessionId: letter.sessionId,
      replyTo: letter.replyTo,
      replyToSessionId: letter.replyToSessionId,
    }),
    properties: {
      ...withoutDeadLetterReason(letter.properties),
      idempotencyKey: originalId,
    },
  };
}

/** Sequence numbers are unique only within one queue. */
function replaySuffix(path: QueuePath): string {
  if (path === rejectedQueue) return "rejected";
  return path === deadLetterPath(rejectedQueue) ? "rejected-dlq" : "dlq";
}

const withoutDeadLetterReason = (properties: DeadLetter["properties"]) =>
  Object.fromEntries(
    Object.entries(scalarProperties(properties)).filter(
      ([name]) => !/^deadLetter/i.test(name),
    ),
  );

const nonEmptyString = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
