import type { ReplyAddress } from "../../domain/contracts";
import { isJsonObject } from "../../domain/json";
import { omitUndefined } from "../../domain/omit-undefined";
import type { Json } from "../../domain/payload";
import { identifyRequest } from "../../orchestrations/request/identify-request";
import { parseRequest } from "../../orchestrations/request/parse-request";
import {
  type FieldError,
  invalidRequest,
} from "../../orchestrations/request/request-error";
import {
  entityNameSchema,
  idSchema,
  startRequestSchema,
} from "../../orchestrations/request/start-request";
import type { StartCommand } from "../../orchestrations/start/start-once";
import type { RequestOrigin } from "../../orchestrations/start/workflow-input";
import { responseQueue, sessionRequestQueue } from "../entities";
import { parseMessageBody } from "./parse-message-body";
import type { ReceivedMessage } from "./received-message";

/** Throws an error that lists all invalid fields of the message. */
export function readRequestMessage(message: ReceivedMessage): StartCommand {
  const body = withSessionId(parseMessageBody(message.body), message);
  const errors = replyToErrors(message);
  if (errors.length > 0) throw invalidRequest(errors);
  const request = parseRequest(startRequestSchema, body);
  const key = readIdempotencyKey(message);
  return {
    // An id in the body takes precedence; the message id then serves only the broker's duplicate detection.
    identity: identifyRequest(
      {
        id: request.id,
        idempotencyKey: request.id === undefined ? key : undefined,
        body,
      },
      () => key,
    ),
    request,
    origin: {
      ...readOrigin(message),
      reply: readReplyAddress(message, request.replyTo) ?? {
        queue: responseQueue,
        ...correlation(message),
      },
    },
  };
}

/** A replayed dead letter carries the id of the original message as the property `idempotencyKey`. */
export function readIdempotencyKey({
  properties,
  messageId,
}: ReceivedMessage): string {
  const key = properties["idempotencyKey"];
  return typeof key === "string" && key !== "" ? key : messageId;
}

/** The message's `replyTo` takes precedence over the body's. Returns undefined when neither is set. */
export function readReplyAddress(
  message: ReceivedMessage,
  bodyReplyTo: string | undefined,
): ReplyAddress | undefined {
  const queue = message.replyTo ?? bodyReplyTo;
  return queue === undefined ? undefined : { queue, ...correlation(message) };
}

/** By convention the message id replaces a missing correlation id. */
const correlation = (
  message: ReceivedMessage,
): Omit<ReplyAddress, "queue"> => ({
  correlationId: message.correlationId ?? message.messageId,
  ...omitUndefined({ sessionId: message.replyToSessionId }),
});

/** The message's session id is also the agents' session id. The body may omit it and must not name another. */
function withSessionId(body: Json, message: ReceivedMessage): Json {
  if (message.queue !== sessionRequestQueue || !isJsonObject(body)) return body;
  const { sessionId } = message;
  const bodySessionId = body["sessionId"];
  if (bodySessionId !== undefined && bodySessionId !== sessionId)
    throw invalidRequest([
      {
        pointer: "/sessionId",
        detail: "differs from the message's sessionId; omit it from the body",
      },
    ]);
  parseRequest(idSchema, sessionId, "/message/sessionId");
  return { ...body, ...omitUndefined({ sessionId }) };
}

function replyToErrors({ replyTo }: ReceivedMessage): readonly FieldError[] {
  if (replyTo === undefined || entityNameSchema.safeParse(replyTo).success)
    return [];
  return [
    { pointer: "/message/replyTo", detail: "must be the name of a queue" },
  ];
}

function readOrigin(message: ReceivedMessage): RequestOrigin {
  const { queue, sessionId, sequenceNumber, traceparent } = message;
  const isOrdered = queue === sessionRequestQueue && sessionId !== undefined;
  return {
    ...omitUndefined({ traceparent }),
    ...(isOrdered && {
      queuePosition: {
        session: sessionId,
        position: sequenceNumber.padStart(20, "0"),
      },
    }),
  };
}
