import type { HttpRequest } from "@azure/functions";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { invalidRequest } from "../../orchestrations/request/request-error";
import { findOrchestration } from "../find-orchestration";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";
import { historyQuerySchema } from "../request-schemas";

/** `GET /api/orchestrations/{id}/history`. Large values are returned as payload references. */
export const getHistoryRoute =
  (dependencies: Pick<HttpDependencies, "storage">) =>
  async (request: HttpRequest) => {
    const { after, limit } = parseRequest(
      historyQuerySchema,
      Object.fromEntries(request.query),
      "/query",
    );
    const storage = dependencies.storage();
    const { summary } = await findOrchestration(request, storage);
    const events = await storage.history.read(summary.id);
    return jsonResponse(200, pageAfter(events, after, limit));
  };

/** Returns the page after the event with key `after`; `next` is the `after` of the following page. */
function pageAfter(
  events: readonly OrchestrationEvent[],
  after: string | undefined,
  limit: number,
): { readonly items: readonly OrchestrationEvent[]; readonly next?: string } {
  const start =
    after === undefined ? 0 : events.findIndex(({ key }) => key === after) + 1;
  if (after !== undefined && start === 0)
    throw invalidRequest([
      {
        pointer: "/query/after",
        detail: "is not the key of an event of this orchestration",
      },
    ]);
  const items = events.slice(start, start + limit);
  const next = items.at(-1)?.key;
  return start + limit < events.length && next !== undefined
    ? { items, next }
    : { items };
}
