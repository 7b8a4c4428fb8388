import type { HttpRequest } from "@azure/functions";
import { AosError } from "../../errors";
import type { Log } from "../../telemetry/log";
import type { Hub } from "../start/hub";
import { answer } from "./endpoint";
import { findOrchestration } from "./find-orchestration";
import { reconcile } from "../start/reconcile";
import type { HttpServices } from "./services";
import { isEnded } from "../start/status";

/** `GET /api/orchestrations/{id}/result`: the output itself, or how an orchestration without one ended. */
export const getResult =
  (services: HttpServices) =>
  async (request: HttpRequest, hub: Hub, log: Log) => {
    const storage = services.storage();
    const claim = await findOrchestration(request, storage);
    const { id, status, error } = await reconcile(claim, { hub, storage, log });
    if (!isEnded(status))
      throw new AosError(
        "not_finished",
        `Orchestration "${id}" is ${status}. Ask again later, or wait for it with GET /api/orchestrations/${id}?wait=30s.`,
      );
    if (status !== "completed") return answer(200, { status, error });
    const output = await storage.orchestrations.output(id);
    return answer(
      200,
      output === undefined ? null : await storage.payloads.get(output),
    );
  };
