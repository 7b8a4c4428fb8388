import type { HttpRequest } from "@azure/functions";
import { AosError } from "../../domain/errors";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import { reconcileWithHub } from "../../orchestrations/end/reconcile";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import type { Log } from "../../telemetry/log/log-event";
import { findOrchestration } from "../find-orchestration";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";

/** `GET /api/orchestrations/{id}/result`: the output, or the status and error if there is no output. */
export const getResultRoute =
  (dependencies: Pick<HttpDependencies, "storage" | "now" | "messaging">) =>
  async (request: HttpRequest, hub: TaskHubClient, log: Log) => {
    const storage = dependencies.storage();
    const claim = await findOrchestration(request, storage);
    const { id, status, error } = await reconcileWithHub(claim, {
      ...dependencies,
      by: "http",
      hub,
      storage,
      log,
    });
    if (!isTerminalStatus(status))
      throw new AosError(
        "not_finished",
        `Orchestration "${id}" is ${status} and has no result yet. Retry later, or wait for it with GET /api/orchestrations/${id}?wait=30s.`,
      );
    if (status !== "completed") return jsonResponse(200, { status, error });
    const output = await storage.orchestrations.output(id);
    return jsonResponse(
      200,
      output === undefined ? null : await storage.payloads.get(output),
    );
  };
