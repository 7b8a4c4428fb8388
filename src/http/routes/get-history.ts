import type { HttpRequest } from "@azure/functions";
import type { OrchestrationEvent } from "../../domain/history/orchestration-history";
import { jsonResponse } from "../http-handler";
import { findOrchestration } from "../find-orchestration";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { invalidRequest } from "../../orchestrations/request/request-error";
import { historyQuerySchema } from "../request-schemas";
import type { HttpDependencies } from "../http-dependencies";

/** `GET /api/orchestrations/{id}/history`: large values stay the references that they are in the rows. */
export const getHistoryRoute =
  (services: HttpDependencies) => async (request: HttpRequest) => {
    const { after, limit } = parseRequest(
      historyQuerySchema,
      Object.fromEntries(request.query),
      "/query",
    );
    const storage = services.storage();
    const { summary } = await findOrchestration(request, storage);
    const rows = await storage.history.read(summary.id);
    return jsonResponse(200, pageAfter(rows, after, limit));
  };

/** The rows after the one of that key, oldest first; `next` is the `after` of the next page. */
function pageAfter(
  rows: readonly OrchestrationEvent[],
  after: string | undefined,
  limit: number,
): { readonly items: readonly OrchestrationEvent[]; readonly next?: string } {
  const start =
    after === undefined ? 0 : rows.findIndex(({ key }) => key === after) + 1;
  if (after !== undefined && start === 0)
    throw invalidRequest([
      {
        pointer: "/query/after",
        detail: "is not the key of an event of this orchestration",
      },
    ]);
  const items = rows.slice(start, start + limit);
  const next = items.at(-1)?.key;
  return start + limit < rows.length && next !== undefined
    ? { items, next }
    : { items };
}
