import { setTimeout as delay } from "node:timers/promises";
import type { HttpRequest } from "@azure/functions";
import type { Storage } from "../../history/ports";
import type { OrchestrationSummary } from "../../model/history";
import type { Log } from "../../telemetry/log";
import type { Hub } from "../start/hub";
import { answer } from "./endpoint";
import { startOf } from "../start/start-input";
import { findOrchestration } from "./find-orchestration";
import { collectionOf, orchestrationView } from "./orchestration-view";
import { parseRequest } from "../parse-request";
import { reconcile } from "../start/reconcile";
import { getQuerySchema } from "./schemas";
import type { HttpServices } from "./services";
import { isEnded } from "../start/status";

const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** `GET /api/orchestrations/{id}` */
export const getOrchestration =
  (services: HttpServices) =>
  async (request: HttpRequest, hub: Hub, log: Log) => {
    const query = Object.fromEntries(request.query);
    const { wait } = parseRequest(getQuerySchema, query, "/query");
    const storage = services.storage();
    const claim = await findOrchestration(request, storage);
    const current = async () =>
      reconcile(await findOrchestration(request, storage), {
        hub,
        storage,
        log,
      });
    const until = services.now().getTime() + wait;
    const summary = await whenEnded(current, () =>
      Math.max(0, until - services.now().getTime()),
    );
    return answer(
      200,
      await viewOf(request, summary, await startOf(claim, storage), storage),
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
    if (isEnded(summary.status) || left === 0) return summary;
    await delay(Math.min(pauseMs, left));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function viewOf(
  request: HttpRequest,
  summary: OrchestrationSummary,
  { definition }: Awaited<ReturnType<typeof startOf>>,
  storage: Storage,
) {
  const rows = await storage.history.read(summary.id);
  return orchestrationView(
    summary,
    rows,
    definition,
    collectionOf(request.url),
  );
}
