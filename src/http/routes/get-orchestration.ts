import { setTimeout as delay } from "node:timers/promises";
import type { HttpRequest } from "@azure/functions";
import type { Storage } from "../../storage/ports";
import type { OrchestrationSummary } from "../../domain/history/orchestration-history";
import type { Log } from "../../telemetry/log/log-event";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import { jsonResponse } from "../http-handler";
import { loadWorkflowInput } from "../../orchestrations/start/workflow-input";
import { findOrchestration } from "../find-orchestration";
import {
  orchestrationsUrl,
  toOrchestrationView,
} from "../views/orchestration-view";
import { parseRequest } from "../../orchestrations/request/parse-request";
import { reconcileWithHub } from "../../orchestrations/reconcile";
import { getQuerySchema } from "../request-schemas";
import type { HttpDependencies } from "../http-dependencies";
import { isTerminalStatus } from "../../domain/history/terminal-status";

const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** `GET /api/orchestrations/{id}` */
export const getOrchestrationRoute =
  (services: HttpDependencies) =>
  async (request: HttpRequest, hub: TaskHubClient, log: Log) => {
    const query = Object.fromEntries(request.query);
    const { wait } = parseRequest(getQuerySchema, query, "/query");
    const storage = services.storage();
    const claim = await findOrchestration(request, storage);
    const current = async () =>
      reconcileWithHub(await findOrchestration(request, storage), {
        hub,
        storage,
        log,
      });
    const until = services.now().getTime() + wait;
    const summary = await whenEnded(current, () =>
      Math.max(0, until - services.now().getTime()),
    );
    return jsonResponse(
      200,
      await viewOf(
        request,
        summary,
        await loadWorkflowInput(claim, storage),
        storage,
      ),
    );
  };

/**
 * The summary once the orchestration has ended, or as it is when time is up. The Functions worker does not tell when
 * the caller goes away; the end of the time is what bounds the asking then.
 */
async function whenEnded(
  current: () => Promise<OrchestrationSummary>,
  leftMs: () => number,
): Promise<OrchestrationSummary> {
  let pauseMs = firstPauseMs;
  for (;;) {
    const summary = await current();
    const left = leftMs();
    if (isTerminalStatus(summary.status) || left === 0) return summary;
    await delay(Math.min(pauseMs, left));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function viewOf(
  request: HttpRequest,
  summary: OrchestrationSummary,
  { definition }: Awaited<ReturnType<typeof loadWorkflowInput>>,
  storage: Storage,
) {
  const rows = await storage.history.read(summary.id);
  return toOrchestrationView(
    summary,
    rows,
    definition,
    orchestrationsUrl(request.url),
  );
}
