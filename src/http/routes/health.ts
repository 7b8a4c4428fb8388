import type { TaskHubClient } from "../../orchestrations/task-hub";
import { jsonResponse } from "../http-handler";
import type { HealthDependency } from "../../health/health-dependency";
import {
  createReadinessCheck,
  type ReadinessTiming,
} from "../../health/readiness";

/** `GET /api/health/live`: the process answers. */
export const healthLiveRoute = () =>
  Promise.resolve(jsonResponse(200, { status: "ok" }));

const freshMs = 5_000;
const limitMs = 5_000;

/** `GET /api/health/ready`: what orchestrations need is there; of what is not, why not, and what to do. */
export function healthReadyRoute(
  dependencies: readonly HealthDependency[],
  now: () => Date,
  timing: ReadinessTiming = { cacheMs: freshMs, timeoutMs: limitMs, now },
) {
  const checks = dependencies.map(
    (dependency) =>
      [dependency.name, createReadinessCheck(dependency, timing)] as const,
  );
  return async (_request: unknown, hub: TaskHubClient) => {
    const found = await Promise.all(
      checks.map(async ([name, check]) => [name, await check(hub)] as const),
    );
    const ok = found.every(([, { status }]) => status !== "failed");
    return jsonResponse(ok ? 200 : 503, {
      status: ok ? "ok" : "failed",
      checks: Object.fromEntries(found),
    });
  };
}
