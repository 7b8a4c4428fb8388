import { AosError } from "../../src/domain/errors";
import type { HealthDependency } from "../../src/health/health-dependency";
import { createReadinessCheck } from "../../src/health/readiness";
import { healthReadyRoute } from "../../src/http/routes/health";
import type { TaskHubClient } from "../../src/orchestrations/task-hub";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";

const hub = fakeTaskHub() as unknown as TaskHubClient;

/** A part that is asked, and answers when it is told to. */
function storageWith({ limitMs }: { readonly limitMs: number }) {
  const asked: { resolve(): void; reject(error: Error): void }[] = [];
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
            asked.push({ resolve, reject });
          }),
      },
    ],
  };
  const check = createReadinessCheck(dependency, {
    cacheMs: 5_000,
    timeoutMs: limitMs,
    now: () => new Date(clock.ms),
  });
  return { asked, clock, look: () => check(hub) };
}
const away = () =>
  new AosError("storage_unavailable", "It is away.", {
    cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }),
  });

describe("looks", () => {
  test("are taken side by side, at all parts of all dependencies", async () => {
    const asked: string[] = [];
    const release: (() => void)[] = [];
    const part = (name: string) => ({
      name,
      check: () => {
        asked.push(name);
        return new Promise<void>((resolve) => {
          release.push(resolve);
        });
      },
    });
    const dependency = (
      name: string,
      parts: readonly string[],
    ): HealthDependency => ({
      name,
      code: "storage_unavailable",
      authentication: "identity",
      settings: [],
      unresolved: [],
      probes: parts.map(part),
    });
    const check = healthReadyRoute(
      [dependency("a", ["a1", "a2"]), dependency("b", ["b1"])],
      () => new Date(0),
    );
    const answered = check(undefined, hub);
    expect(asked).toEqual(["a1", "a2", "b1"]);
    for (const done of release) done();
    expect(await answered).toMatchObject({
      status: 200,
      body: { checks: { a: { status: "ok" }, b: { status: "ok" } } },
    });
  });
});

describe("a look at a dependency", () => {
  test("is taken once by everybody who asks at once, and by who asks soon after", async () => {
    const { asked, clock, look } = storageWith({ limitMs: 60_000 });
    const both = [look(), look()];
    asked[0]?.resolve();
    for (const found of await Promise.all(both))
      expect(found.status).toBe("ok");
    clock.ms = 4_999;
    expect((await look()).status).toBe("ok");
    expect(asked).toHaveLength(1);
  });

  test("is taken anew when the last one is old", async () => {
    const { asked, clock, look } = storageWith({ limitMs: 60_000 });
    const first = look();
    asked[0]?.reject(away());
    expect((await first).status).toBe("failed");
    clock.ms = 5_000;
    const second = look();
    asked[1]?.resolve();
    expect((await second).status).toBe("ok");
  });

  test("that does not end in time is told as such, goes on, and tells its reason the next time", async () => {
    const { asked, clock, look } = storageWith({ limitMs: 1 });
    const late = {
      status: "failed",
      code: "storage_unavailable",
      problems: [{ part: "tables", cause: "no_answer" }],
    };
    expect(await look()).toMatchObject(late);
    expect(await look()).toMatchObject(late);
    expect(asked).toHaveLength(1);
    asked[0]?.reject(away());
    await Promise.resolve();
    const known = { problems: [{ cause: "host_unknown" }] };
    expect(await look()).toMatchObject(known);
    clock.ms = 60_000;
    // The next one is late as well: the reason of the last one says more than that.
    expect(await look()).toMatchObject(known);
    expect(asked).toHaveLength(2);
  });
});
