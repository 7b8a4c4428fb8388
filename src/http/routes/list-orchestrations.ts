import type { HttpRequest } from "@azure/functions";
import type { OrchestrationQuery } from "../../storage/ports";
import { jsonResponse } from "../http-handler";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { invalidRequest } from "../../orchestrations/request/request-error";
import { listQuerySchema } from "../request-schemas";
import type { HttpDependencies } from "../http-dependencies";

/** `GET /api/orchestrations` */
export const listOrchestrationsRoute =
  (services: HttpDependencies) => async (request: HttpRequest) =>
    jsonResponse(
      200,
      await services.storage().orchestrations.list(toListQuery(request.query)),
    );

/** What the caller asks for, without what the host added to the query. */
function toListQuery(
  query: Iterable<readonly [string, string]>,
): OrchestrationQuery {
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
