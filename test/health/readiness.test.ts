import { AosError } from "../../src/domain/errors";
import type { HealthDependency } from "../../src/health/health-dependency";
import { createReadinessCheck } from "../../src/health/readiness";
import { healthReadyRoute } from "../../src/http/routes/health";
import type { TaskHubClient } from "../../src/orchestrations/task-hub";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";

const hub = fakeTaskHub() as unknown as TaskHubClient;

/** A dependency with one probe, which the test settles. */
function createStorageCheck(timeoutMs: number) {
  const runs: { resolve(): void; reject(error: Error): void }[] = [];
  const clock = { ms: 0 };
  const dependency: HealthDependency = {
    name: "storage",
    code: "storage_unavailable",
    authentication: "identity",
    settings: ["AzureWebJobsStorage"],
    unresolved: [],
    probes: [
      {
        name: "tables",
        check: () =>
          new Promise<void>((resolve, reject) => {
            runs.push({ resolve, reject });
          }),
      },
    ],
  };
  const check = createReadinessCheck(dependency, {
    cacheMs: 5_000,
    timeoutMs,
    now: () => new Date(clock.ms),
  });
  return { runs, clock, check: () => check(hub) };
}
const unresolvedHost = () =>
  new AosError("storage_unavailable", "Storage is unavailable.", {
    cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }),
  });

describe("healthReadyRoute", () => {
  test("starts all probes of all dependencies concurrently", async () => {
    const started: string[] = [];
    const release: (() => void)[] = [];
    const probe = (name: string) => ({
      name,
      check: () => {
        started.push(name);
        return new Promise<void>((resolve) => {
          release.push(resolve);
        });
      },
    });
    const dependency = (
      name: string,
      probes: readonly string[],
    ): HealthDependency => ({
      name,
      code: "storage_unavailable",
      authentication: "identity",
      settings: [],
      unresolved: [],
      probes: probes.map(probe),
    });
    const route = healthReadyRoute({
      healthDependencies: [
        dependency("a", ["a1", "a2"]),
        dependency("b", ["b1"]),
      ],
      now: () => new Date(0),
    });
    const response = route(undefined, hub);
    expect(started).toEqual(["a1", "a2", "b1"]);
    for (const resolve of release) resolve();
    expect(await response).toMatchObject({
      status: 200,
      body: { checks: { a: { status: "ok" }, b: { status: "ok" } } },
    });
  });
});

describe("createReadinessCheck", () => {
  test("runs a probe once for concurrent requests and within the cache time", async () => {
    const { runs, clock, check } = createStorageCheck(60_000);
    const results = [check(), check()];
    runs[0]?.resolve();
    for (const result of await Promise.all(results))
      expect(result.status).toBe("ok");
    clock.ms = 4_999;
    expect((await check()).status).toBe("ok");
    expect(runs).toHaveLength(1);
  });

  test("runs the probe again after the cache time", async () => {
    const { runs, clock, check } = createStorageCheck(60_000);
    const first = check();
    runs[0]?.reject(unresolvedHost());
    expect((await first).status).toBe("failed");
    clock.ms = 5_000;
    const second = check();
    runs[1]?.resolve();
    expect((await second).status).toBe("ok");
  });

  test("reports no_answer on timeout and the cause of the late run on the next request", async () => {
    const { runs, clock, check } = createStorageCheck(1);
    const noAnswer = {
      status: "failed",
      code: "storage_unavailable",
      problems: [{ part: "tables", cause: "no_answer" }],
    };
    expect(await check()).toMatchObject(noAnswer);
    expect(await check()).toMatchObject(noAnswer);
    expect(runs).toHaveLength(1);
    runs[0]?.reject(unresolvedHost());
    await Promise.resolve();
    const hostUnknown = { problems: [{ cause: "host_unknown" }] };
    expect(await check()).toMatchObject(hostUnknown);
    clock.ms = 60_000;
    // The next run times out as well; the cause of the last run is more specific.
    expect(await check()).toMatchObject(hostUnknown);
    expect(runs).toHaveLength(2);
  });
});
