import { createReadinessCheck } from "../../health/readiness";
import type { TaskHubClient } from "../../orchestrations/task-hub";
import type { HttpDependencies } from "../http-dependencies";
import { jsonResponse } from "../http-handler";

/** `GET /api/health/live` */
export const healthLiveRoute = () =>
  Promise.resolve(jsonResponse(200, { status: "ok" }));

const cacheMs = 5_000;
const timeoutMs = 5_000;

/** `GET /api/health/ready` */
export function healthReadyRoute({
  healthDependencies,
  now,
}: Pick<HttpDependencies, "healthDependencies" | "now">) {
  const checks = healthDependencies.map(
    (dependency) =>
      [
        dependency.name,
        createReadinessCheck(dependency, { cacheMs, timeoutMs, now }),
      ] as const,
  );
  return async (_request: unknown, hub: TaskHubClient) => {
    const results = await Promise.all(
      checks.map(async ([name, check]) => [name, await check(hub)] as const),
    );
    const isReady = results.every(([, { status }]) => status !== "failed");
    return jsonResponse(isReady ? 200 : 503, {
      status: isReady ? "ok" : "failed",
      checks: Object.fromEntries(results),
    });
  };
}
