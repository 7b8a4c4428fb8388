import type { HttpRequest } from "@azure/functions";
import { replayDeadLetter } from "../../messaging/dead-letters/replay-dead-letter";
import { parseRequest } from "../../orchestrations/request/parse-request";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";
import { readOptionalJsonBody } from "../read-json-body";
import {
  deadLetterPathSchema,
  replayBodySchema,
  replayQuerySchema,
} from "../request-schemas";
import { requireMessaging } from "../require-messaging";

/** `POST /api/dead-letters/{sequenceNumber}/replay` */
export const replayDeadLetterRoute =
  (dependencies: Pick<HttpDependencies, "messaging">) =>
  async (request: HttpRequest) => {
    const { sequenceNumber } = parseRequest(
      deadLetterPathSchema,
      request.params,
      "/path",
    );
    const { queue } = parseRequest(
      replayQuerySchema,
      Object.fromEntries(request.query),
      "/query",
    );
    const { body } = parseRequest(
      replayBodySchema,
      (await readOptionalJsonBody(request)) ?? {},
    );
    const messaging = requireMessaging(dependencies);
    const deadLetter = { queue, sequenceNumber };
    const replayed = await replayDeadLetter(messaging, deadLetter, body);
    return jsonResponse(202, { ...deadLetter, ...replayed });
  };
