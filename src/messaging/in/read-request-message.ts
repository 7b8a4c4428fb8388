import { sessionRequestQueue, responseQueue } from "../entities";
import type { ReplyAddress } from "../../domain/contracts";
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import {
  checkJsonDepth,
  parseRequestJson,
} from "../../orchestrations/request/parse-json";
import { parseRequest } from "../../orchestrations/request/parse-request";
import {
  type FieldError,
  invalidRequest,
} from "../../orchestrations/request/request-error";
import { identifyRequest } from "../../orchestrations/request/identify-request";
import type { StartCommand } from "../../orchestrations/start/start-once";
import type { RequestOrigin } from "../../orchestrations/start/workflow-input";
import {
  entityNameSchema,
  idSchema,
  startRequestSchema,
} from "../../orchestrations/request/start-request";
import type { ReceivedMessage } from "./received-message";

/** The request that a message is. Pure; throws what is wrong with it, every field at once. */
export function readRequestMessage(message: ReceivedMessage): StartCommand {
  const body = withSession(bodyOf(message), message);
  const problems = [
    ...message.lossyFields.map(damagedField),
    ...replyProblems(message),
  ];
  if (problems.length > 0) throw invalidRequest(problems);
  const wanted = parseRequest(startRequestSchema, body);
  const key = readIdempotencyKey(message);
  return {
    // An id in the body is the caller's choice; the message id is then only the broker's to know duplicates by.
    identity: identifyRequest(
      {
        id: wanted.id,
        idempotencyKey: wanted.id === undefined ? key : undefined,
        body,
      },
      () => key,
    ),
    request: wanted,
    origin: {
      ...callerOf(message),
      reply: readReplyAddress(message, wanted.replyTo) ?? {
        queue: responseQueue,
        ...echoOf(message),
      },
    },
  };
}

/** By it the app knows a request again. A message that is sent again from the dead letters carries that of the first. */
export function readIdempotencyKey({
  properties,
  messageId,
}: ReceivedMessage): string {
  const given = properties["idempotencyKey"];
  return typeof given === "string" && given !== "" ? given : messageId;
}

/** Where the message asks for its answer; undefined when it does not say. */
export function readReplyAddress(
  message: ReceivedMessage,
  inBody: string | undefined,
): ReplyAddress | undefined {
  const queue = message.replyTo ?? inBody;
  return queue === undefined ? undefined : { queue, ...echoOf(message) };
}

/** As is the custom, the message id stands in for a correlation id that is not there. */
const echoOf = (message: ReceivedMessage): Omit<ReplyAddress, "queue"> => ({
  correlationId: message.correlationId ?? message.messageId,
  ...omitUndefined({ sessionId: message.replyToSessionId }),
});

function bodyOf({ body }: ReceivedMessage): Json {
  if (body instanceof Uint8Array)
    return parseRequestJson(Buffer.from(body).toString("utf8"));
  // Not JSON, or JSON that a client wrapped in a JSON string once more.
  if (typeof body === "string") return parseRequestJson(body);
  return checkJsonDepth((body ?? null) as Json);
}

/** The session of the message is that of the agents, so the body need not repeat it, and must not name another one. */
function withSession(body: Json, message: ReceivedMessage): Json {
  if (message.queue !== sessionRequestQueue || !isJsonObject(body)) return body;
  const { sessionId } = message;
  const given = body["sessionId"];
  if (given !== undefined && given !== sessionId)
    throw invalidRequest([
      {
        pointer: "/sessionId",
        detail: "differs from the session of the message; leave it out",
      },
    ]);
  parseRequest(idSchema, sessionId, "/message/sessionId");
  return { ...body, ...omitUndefined({ sessionId }) };
}

export const isJsonObject = (
  value: unknown,
): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function replyProblems({ replyTo }: ReceivedMessage): readonly FieldError[] {
  if (replyTo === undefined || entityNameSchema.safeParse(replyTo).success)
    return [];
  return [
    { pointer: "/message/replyTo", detail: "must be the name of a queue" },
  ];
}

const damagedField = (name: string): FieldError => ({
  pointer: `/message/${name}`,
  detail:
    "is a number of so many digits that the Functions library loses some of them; put a letter in front of it",
});

function callerOf(message: ReceivedMessage): RequestOrigin {
  const { queue, sessionId, sequenceNumber, traceparent } = message;
  const isOrdered = queue === sessionRequestQueue && sessionId !== undefined;
  return {
    ...omitUndefined({ traceparent }),
    ...(isOrdered && {
      place: {
        session: sessionId,
        position: sequenceNumber.padStart(20, "0"),
      },
    }),
  };
}
