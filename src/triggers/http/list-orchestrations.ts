import type { HttpRequest } from "@azure/functions";
import type { ListQuery } from "../../history/ports";
import { answer } from "./endpoint";
import { parseRequest } from "../parse-request";
import { invalidRequest } from "../request-error";
import { listQuerySchema } from "./schemas";
import type { HttpServices } from "./services";

/** `GET /api/orchestrations` */
export const listOrchestrations =
  (services: HttpServices) => async (request: HttpRequest) =>
    answer(
      200,
      await services.storage().orchestrations.list(toListQuery(request.query)),
    );

/** What the caller asks for, without what the host added to the query. */
function toListQuery(query: Iterable<readonly [string, string]>): ListQuery {
  const { status, workflow, tag, from, to, limit, cursor } = parseRequest(
    listQuerySchema,
    Object.fromEntries(query),
    "/query",
  );
  if (from !== undefined && to !== undefined && from > to)
    throw invalidRequest([
      { pointer: "/query/from", detail: "must not be later than to" },
    ]);
  return {
    limit,
    ...(status !== undefined && { status }),
    ...(workflow !== undefined && { workflow }),
    ...(tag !== undefined && { tag }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(cursor !== undefined && { cursor }),
  };
}
