import type { HttpRequest } from "@azure/functions";
import { listDeadLetters } from "../../messaging/dead-letters/list-dead-letters";
import { parseRequest } from "../../orchestrations/request/parse-request";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";
import { deadLettersQuerySchema } from "../request-schemas";
import { requireMessaging } from "../require-messaging";
import { toDeadLetterView } from "../views/dead-letter-view";

/** `GET /api/dead-letters`. Peeks only: no message is locked or changed. */
export const listDeadLettersRoute =
  (dependencies: Pick<HttpDependencies, "messaging" | "now">) =>
  async (request: HttpRequest) => {
    const query = parseRequest(
      deadLettersQuerySchema,
      Object.fromEntries(request.query),
      "/query",
    );
    const found = await listDeadLetters(requireMessaging(dependencies), query);
    const now = dependencies.now();
    return jsonResponse(200, {
      queues: found.map(({ count }) => count),
      items: found
        .flatMap(({ count, letters }) =>
          letters.map((letter) => toDeadLetterView(letter, count.queue, now)),
        )
        .slice(0, query.limit),
    });
  };
