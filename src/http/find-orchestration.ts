import type { HttpRequest } from "@azure/functions";
import { AosError } from "../domain/errors";
import { parseRequest } from "../orchestrations/request/parse-request";
import type { Claim, Storage } from "../storage/ports";
import { orchestrationPathSchema } from "./request-schemas";

/** Returns the claim of the orchestration in the request's path. Throws `orchestration_not_found`. */
export async function findOrchestration(
  request: HttpRequest,
  storage: Storage,
): Promise<Claim> {
  const { id } = parseRequest(orchestrationPathSchema, request.params, "/path");
  const claim = await storage.orchestrations.find(id);
  if (claim !== undefined) return claim;
  throw new AosError(
    "orchestration_not_found",
    `Orchestration "${id}" does not exist. Check the id, or list orchestrations with GET /api/orchestrations.`,
  );
}
