import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { eventually } from "../../local-cloud/test/support/shared/eventually";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const folder = createTemporaryFolder();

/** Runs the built benchmark with a temporary folder of its own, where it is seen what it leaves behind. */
function bench(...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [resolve("dist/bench/main.js"), ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder },
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, "close").then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
  }));
  return { child, closed };
}

const figure = z.number().positive();
const figures = (...names: readonly string[]) =>
  z.strictObject(
    Object.fromEntries([...names, "hostRssMiB"].map((name) => [name, figure])),
  );
const coldStart = z.strictObject({
  loadMs: figure,
  unbundledLoadMs: figure,
  firstAnswerMs: figure,
  unbundledFirstAnswerMs: figure,
  localFirstAnswerMs: figure,
  unbundledLocalFirstAnswerMs: figure,
  bundleMB: figure,
  zipMB: figure,
  runs: figure,
});
const positive = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, figure]));
const withAndWithoutPast = [
  "chain10",
  "oneStep",
  "fanOut1000",
  "chain500",
  "entitySignals",
  "entityCalls",
].map((name) => ({
  ...positive(`${name}Empty`, `${name}Full`),
  [`${name}CostsMorePercent`]: z.number(),
}));
const documentSchema = z.strictObject({
  node: z.literal(process.version),
  cpus: z.int().positive(),
  cpuModel: z.string(),
  startedAt: z.iso.datetime(),
  size: z.literal("quick"),
  fsync: z.strictObject({ p50Ms: figure, p99Ms: figure, writes: figure }),
  workloads: z.strictObject({
    chain10: figures("perSecond", "orchestrations", "concurrency"),
    oneStep: figures("p50Ms", "p99Ms", "orchestrations"),
    fanOut1000: figures("medianSeconds", "runs"),
    chain500: figures("medianSeconds", "runs"),
    entityUpdates: figures(
      "signalsPerSecond",
      "callsPerSecond",
      "signals",
      "calls",
      "concurrency",
    ),
    finished100000: z.strictObject({
      ...positive("finished", "rounds"),
      ...positive("startUpEmptySeconds", "startUpFullSeconds"),
      ...(Object.assign({}, ...withAndWithoutPast) as z.ZodRawShape),
    }),
    waiting10000: z.strictObject(
      positive("waiting", "startedRssMiB", "startUpSeconds", "restartedRssMiB"),
    ),
    weekTimer: z.strictObject(positive("firstMs", "p50Ms", "p99Ms", "runs")),
    requestResponse: z.strictObject({
      messagesPerSecond: figure,
      p50Ms: figure,
      p99Ms: figure,
      loadedP50Ms: figure,
      loadedP99Ms: figure,
      messages: figure,
    }),
    brokerMessages: z.strictObject({
      ...{ perSecond: figure, p50Ms: figure, p99Ms: figure },
      ...{ messages: figure, concurrency: figure },
    }),
    brokerRoundTrip: z.strictObject({
      ...{ p50Ms: figure, p99Ms: figure, messages: figure },
    }),
    coldStart,
    coldStartTelemetry: coldStart,
  }),
});

describe("the benchmark", () => {
  test("prints one document of figures and leaves nothing behind", async () => {
    const { code, stdout, stderr } = await bench("--quick").closed;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    documentSchema.parse(JSON.parse(stdout));
    expect(stderr).toContain("bench: chain10");
    expect(readdirSync(folder)).toEqual([]);
    // It starts a good thirty hosts, one after another.
  }, 180_000);

  test("stops its host and cleans up when it is told to stop", async () => {
    const { child, closed } = bench("--only", "chain10");
    await eventually(() => {
      const [data = "none"] = readdirSync(folder);
      expect(existsSync(join(folder, data, "task-hub.db"))).toBe(true);
      return Promise.resolve();
    });
    child.kill("SIGTERM");
    // The pipe of stderr is shared with the host: it is closed only when both have ended.
    const { code, stdout, stderr } = await closed;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("bench: Stopped by SIGTERM.");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("says what it can run when asked for something else", async () => {
    const { code, stderr } = await bench("--only", "nothing").closed;
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain("The workloads are: chain10, oneStep");
  });
});
