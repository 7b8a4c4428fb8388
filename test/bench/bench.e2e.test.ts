import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { launchProcess } from "../../local-cloud/shared/process/launch-process";
import { eventually } from "../../local-cloud/test/support/shared/eventually";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const folder = createTemporaryFolder();

/** Runs the built benchmark with its temporary files in `folder`, so that the test finds those that remain. */
function runBench(...args: readonly string[]) {
  const { child, exited, output } = launchProcess(
    resolve("dist/bench/main.js"),
    args,
    { env: { TMPDIR: folder, TMP: folder, TEMP: folder } },
  );
  let stdout = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const finished = exited.then((code) => ({ code, stdout, output: output() }));
  return { child, finished };
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
const comparedWithFullHub = [
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
const workloadSchemas = {
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
    ...(Object.assign({}, ...comparedWithFullHub) as z.ZodRawShape),
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
};
/** The soak run measures all workloads, which takes a minute. */
const measured = (
  process.env["SOAK"] === "1"
    ? Object.keys(workloadSchemas)
    : ["chain10", "brokerRoundTrip", "weekTimer"]
) as readonly (keyof typeof workloadSchemas)[];
const documentSchema = z.strictObject({
  node: z.literal(process.version),
  cpus: z.int().positive(),
  cpuModel: z.string(),
  startedAt: z.iso.datetime(),
  size: z.literal("quick"),
  fsync: z.strictObject({ p50Ms: figure, p99Ms: figure, writes: figure }),
  workloads: z.strictObject(
    Object.fromEntries(measured.map((name) => [name, workloadSchemas[name]])),
  ),
});

describe("the benchmark", () => {
  test("prints one JSON document of figures and removes its temporary files", async () => {
    const { code, stdout, output } = await runBench(
      "--quick",
      "--only",
      measured.join(","),
    ).finished;
    expect({ code, output }).toMatchObject({ code: 0 });
    documentSchema.parse(JSON.parse(stdout));
    expect(output).toContain("bench: chain10");
    expect(readdirSync(folder)).toEqual([]);
    // All workloads start more than thirty hosts in sequence.
  }, 400_000);

  test("stops its host, removes its temporary files and exits with 1 on SIGTERM", async () => {
    const { child, finished } = runBench("--only", "chain10");
    await eventually(() => {
      const [dataFolder = "none"] = readdirSync(folder);
      expect(existsSync(join(folder, dataFolder, "task-hub.db"))).toBe(true);
      return Promise.resolve();
    });
    child.kill("SIGTERM");
    // Resolves when the host has ended, too: it inherits stderr.
    const { code, stdout, output } = await finished;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(output).toContain("bench: Stopped by SIGTERM.");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("exits with 1 and lists the workloads when --only names an unknown one", async () => {
    const { code, output } = await runBench("--only", "nothing").finished;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toContain("The workloads are: chain10, oneStep");
  });
});
