import type { HttpRequest } from "@azure/functions";
import { AosError, type Failure, toFailure } from "../../domain/errors";
import { deadLetterQueues } from "../../messaging/entities";
import type { DeadLetter, Messaging, QueuePath } from "../../messaging/ports";
import { buildReplayMessage } from "../../messaging/dead-letters/replay-message";
import type { Json } from "../../domain/payload";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { toDeadLetterView } from "../views/dead-letter-view";
import { jsonResponse } from "../http-handler";
import { readOptionalJsonBody } from "../read-json-body";
import {
  deadLetterPathSchema,
  deadLettersQuerySchema,
  replayBodySchema,
  replayQuerySchema,
} from "../request-schemas";
import type { HttpDependencies } from "../http-dependencies";

const pageSize = 250;
/** Counting reads what it counts. */
const mostCounted = 1_000;

/** `GET /api/dead-letters`: all of them, or those of one queue; nothing is locked or changed by looking. */
export const listDeadLettersRoute =
  (services: HttpDependencies) => async (request: HttpRequest) => {
    const query = Object.fromEntries(request.query);
    const { queue, limit, after } = parseRequest(
      deadLettersQuerySchema,
      query,
      "/query",
    );
    const messaging = configured(services);
    const from = after === undefined ? "0" : (BigInt(after) + 1n).toString();
    const look = (path: QueuePath) => lettersOf(messaging, path, from, limit);
    const found =
      queue === undefined
        ? await Promise.all(deadLetterQueues.map(unlessMissing(look)))
        : [await look(queue)];
    const now = services.now();
    return jsonResponse(200, {
      queues: found.map(({ counted }) => counted),
      items: found
        .flatMap(({ counted, letters }) =>
          letters.map((letter) => toDeadLetterView(letter, counted.queue, now)),
        )
        .slice(0, limit),
    });
  };

interface Counted {
  readonly queue: string;
  readonly count: number;
  /** There are more than were counted. */
  readonly more?: true;
  readonly error?: Failure;
}
interface Found {
  readonly counted: Counted;
  readonly letters: readonly DeadLetter[];
}

async function lettersOf(
  messaging: Messaging,
  queue: QueuePath,
  first: string,
  limit: number,
): Promise<Found> {
  const letters: DeadLetter[] = [];
  let from = first;
  for (let count = 0; ;) {
    const page = await messaging.peekDeadLetters(queue, {
      from,
      limit: pageSize,
    });
    letters.push(...page.slice(0, limit - letters.length));
    count += page.length;
    const last = page.at(-1);
    if (last === undefined) return { counted: { queue, count }, letters };
    if (count >= mostCounted)
      return { counted: { queue, count, more: true }, letters };
    from = (BigInt(last.sequenceNumber) + 1n).toString();
  }
}

/** A namespace that lacks one of the queues still shows the others. */
const unlessMissing =
  (look: (path: QueuePath) => Promise<Found>) =>
  async (path: QueuePath): Promise<Found> => {
    try {
      return await look(path);
    } catch (thrown) {
      const error = toFailure(thrown);
      if (error.code !== "queue_not_found") throw thrown;
      return { counted: { queue: path, count: 0, error }, letters: [] };
    }
  };

/** `POST /api/dead-letters/{sequenceNumber}/replay` */
export const replayDeadLetterRoute =
  (services: HttpDependencies) => async (request: HttpRequest) => {
    const { sequenceNumber } = parseRequest(
      deadLetterPathSchema,
      request.params,
      "/path",
    );
    const query = Object.fromEntries(request.query);
    const { queue } = parseRequest(replayQuerySchema, query, "/query");
    const { body } = parseRequest(
      replayBodySchema,
      (await readOptionalJsonBody(request)) ?? {},
    );
    const messaging = configured(services);
    const sent = await replayed(messaging, queue, sequenceNumber, body);
    return jsonResponse(202, { queue, sequenceNumber, ...sent });
  };

interface Replayed {
  /** The queue that it was sent to. */
  readonly source: string;
  readonly messageId: string;
}

async function replayed(
  messaging: Messaging,
  queue: QueuePath,
  sequenceNumber: string,
  body: Json | undefined,
): Promise<Replayed> {
  let sent: Replayed | undefined;
  const done = await messaging.processDeadLetter(
    queue,
    sequenceNumber,
    async (letter) => {
      const message = buildReplayMessage(letter, queue, body);
      await messaging.send(message);
      const messageId = String(message.properties["idempotencyKey"]);
      sent = { source: message.to, messageId };
    },
  );
  if (done === "taken" && sent !== undefined) return sent;
  if (done === "locked")
    throw new AosError(
      "dead_letter_locked",
      `Dead letter ${sequenceNumber} of ${queue} is locked by somebody who reads the queue. Try again when that is over.`,
    );
  throw new AosError(
    "dead_letter_not_found",
    `There is no dead letter ${sequenceNumber} in ${queue}. List what there is with GET /api/dead-letters?queue=${queue}.`,
  );
}

function configured(services: HttpDependencies): Messaging {
  const messaging = services.messaging();
  if (messaging !== undefined) return messaging;
  throw new AosError(
    "messaging_not_configured",
    "This app runs without Service Bus. Set AZURE_SERVICEBUS_CONNECTION_STRING, or AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace, and start it again.",
  );
}
