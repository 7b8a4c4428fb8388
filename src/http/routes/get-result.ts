import type { HttpRequest } from "@azure/functions";
import { AosError } from "../../domain/errors";
import type { Log } from "../../telemetry/log/log-event";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import { jsonResponse } from "../http-handler";
import { findOrchestration } from "../find-orchestration";
import { reconcileWithHub } from "../../orchestrations/reconcile";
import type { HttpDependencies } from "../http-dependencies";
import { isTerminalStatus } from "../../domain/history/terminal-status";

/** `GET /api/orchestrations/{id}/result`: the output itself, or how an orchestration without one ended. */
export const getResultRoute =
  (services: HttpDependencies) =>
  async (request: HttpRequest, hub: TaskHubClient, log: Log) => {
    const storage = services.storage();
    const claim = await findOrchestration(request, storage);
    const { id, status, error } = await reconcileWithHub(claim, {
      hub,
      storage,
      log,
    });
    if (!isTerminalStatus(status))
      throw new AosError(
        "not_finished",
        `Orchestration "${id}" is ${status}. Ask again later, or wait for it with GET /api/orchestrations/${id}?wait=30s.`,
      );
    if (status !== "completed") return jsonResponse(200, { status, error });
    const output = await storage.orchestrations.output(id);
    return jsonResponse(
      200,
      output === undefined ? null : await storage.payloads.get(output),
    );
  };
