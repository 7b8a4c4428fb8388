import type { Hub } from "../start/hub";
import { answer } from "./endpoint";
import type { Dependency } from "./health/dependency";
import { checkOf, type Timing } from "./health/readiness";

/** `GET /api/health/live`: the process answers. */
export const live = () => Promise.resolve(answer(200, { status: "ok" }));

const freshMs = 5_000;
const limitMs = 5_000;

/** `GET /api/health/ready`: what orchestrations need is there; of what is not, why not, and what to do. */
export function ready(
  dependencies: readonly Dependency[],
  now: () => Date,
  timing: Timing = { freshMs, limitMs, now },
) {
  const checks = dependencies.map(
    (dependency) => [dependency.name, checkOf(dependency, timing)] as const,
  );
  return async (_request: unknown, hub: Hub) => {
    const found = await Promise.all(
      checks.map(async ([name, check]) => [name, await check(hub)] as const),
    );
    const ok = found.every(([, { status }]) => status !== "failed");
    return answer(ok ? 200 : 503, {
      status: ok ? "ok" : "failed",
      checks: Object.fromEntries(found),
    });
  };
}
