import type { HttpRequest } from "@azure/functions";
import { AosError } from "../domain/errors";
import type { Claim, Storage } from "../storage/ports";
import { parseRequest } from "../orchestrations/request/parse-request";
import { orchestrationPathSchema } from "./request-schemas";

/** The claim of the orchestration that the path names. */
export async function findOrchestration(
  request: HttpRequest,
  storage: Storage,
): Promise<Claim> {
  const { id } = parseRequest(orchestrationPathSchema, request.params, "/path");
  const claim = await storage.orchestrations.find(id);
  if (claim !== undefined) return claim;
  throw new AosError(
    "orchestration_not_found",
    `There is no orchestration "${id}". Check the id, or list what there is with GET /api/orchestrations.`,
  );
}
