import type { HttpRequest } from "@azure/functions";
import { omitUndefined } from "../../domain/omit-undefined";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { invalidRequest } from "../../orchestrations/request/request-error";
import type { OrchestrationQuery } from "../../storage/ports";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";
import { listQuerySchema } from "../request-schemas";

/** `GET /api/orchestrations` */
export const listOrchestrationsRoute =
  ({ storage }: Pick<HttpDependencies, "storage">) =>
  async (request: HttpRequest) =>
    jsonResponse(
      200,
      await storage().orchestrations.list(toOrchestrationQuery(request.query)),
    );

function toOrchestrationQuery(
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
    ...omitUndefined({ status, workflow, tag, from, to, cursor }),
  };
}
