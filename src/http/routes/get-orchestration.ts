import { setTimeout as delay } from "node:timers/promises";
import type { HttpRequest } from "@azure/functions";
import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import { reconcileWithHub } from "../../orchestrations/end/reconcile";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { loadWorkflowInput } from "../../orchestrations/start/workflow-input";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import type { Log } from "../../telemetry/log/log-event";
import { findOrchestration } from "../find-orchestration";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";
import { getQuerySchema } from "../request-schemas";
import {
  orchestrationsUrl,
  toOrchestrationView,
} from "../views/orchestration-view";

const initialPollDelayMs = 50;
const maxPollDelayMs = 1_000;

/** `GET /api/orchestrations/{id}` */
export const getOrchestrationRoute =
  (dependencies: Pick<HttpDependencies, "storage" | "now" | "messaging">) =>
  async (request: HttpRequest, hub: TaskHubClient, log: Log) => {
    const { wait } = parseRequest(
      getQuerySchema,
      Object.fromEntries(request.query),
      "/query",
    );
    const storage = dependencies.storage();
    const claim = await findOrchestration(request, storage);
    const readSummary = async () =>
      reconcileWithHub(await findOrchestration(request, storage), {
        ...dependencies,
        by: "http",
        hub,
        storage,
        log,
      });
    const deadline = dependencies.now().getTime() + wait;
    const summary = await pollUntilEnded(readSummary, () =>
      Math.max(0, deadline - dependencies.now().getTime()),
    );
    const { definition } = await loadWorkflowInput(claim, storage);
    const events = await storage.history.read(summary.id);
    const url = orchestrationsUrl(request.url);
    return jsonResponse(
      200,
      toOrchestrationView(summary, events, definition, url),
    );
  };

/** Polls until the deadline even if the client disconnects: the Functions worker does not report disconnects. */
async function pollUntilEnded(
  readSummary: () => Promise<OrchestrationSummary>,
  remainingMs: () => number,
): Promise<OrchestrationSummary> {
  let delayMs = initialPollDelayMs;
  for (;;) {
    const summary = await readSummary();
    const remaining = remainingMs();
    if (isTerminalStatus(summary.status) || remaining === 0) return summary;
    await delay(Math.min(delayMs, remaining));
    delayMs = Math.min(delayMs * 2, maxPollDelayMs);
  }
}
