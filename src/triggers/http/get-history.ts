import type { HttpRequest } from "@azure/functions";
import type { HistoryRow } from "../../model/history";
import { answer } from "./endpoint";
import { findOrchestration } from "./find-orchestration";
import { parseRequest } from "../parse-request";
import { invalidRequest } from "../request-error";
import { historyQuerySchema } from "./schemas";
import type { HttpServices } from "./services";

/** `GET /api/orchestrations/{id}/history`: large values stay the references that they are in the rows. */
export const getHistory =
  (services: HttpServices) => async (request: HttpRequest) => {
    const { after, limit } = parseRequest(
      historyQuerySchema,
      Object.fromEntries(request.query),
      "/query",
    );
    const storage = services.storage();
    const { summary } = await findOrchestration(request, storage);
    const rows = await storage.history.read(summary.id);
    return answer(200, pageAfter(rows, after, limit));
  };

/** The rows after the one of that key, oldest first; `next` is the `after` of the next page. */
function pageAfter(
  rows: readonly HistoryRow[],
  after: string | undefined,
  limit: number,
): { readonly items: readonly HistoryRow[]; readonly next?: string } {
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
