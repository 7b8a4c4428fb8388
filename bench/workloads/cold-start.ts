import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { launchProcess } from "azure-local-cloud";
import { startBenchHost } from "../processes";
import { withTemporaryFolder } from "../measure";
import { median } from "../statistics";
import type { Figures, SystemWorkload } from "../workload";

const root = resolve(__dirname, "..", "..", "..");
const unbundled = { app: root, main: join(root, "dist/src/main.js") };
const deployed = join(root, "dist/package");
const bundled = { app: deployed, main: join(deployed, "index.js") };
type Variant = typeof bundled;

const bareWorker = resolve(__dirname, "..", "bare-worker.js");
const runs = { full: 11, quick: 1 };

/** The storage endpoints do not exist: neither the start nor `health/live` uses storage. */
const settings = {
  AzureWebJobsStorage:
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:1/a",
  AZURE_SERVICEBUS_CONNECTION_STRING: "",
  AOS_MODEL_PROVIDER: "offline",
  APPLICATIONINSIGHTS_CONNECTION_STRING: "",
};
type Settings = Readonly<Record<string, string>>;

/** Alternates between the variants, so that a change in machine load affects both. */
async function measureOnce(settings: Settings): Promise<Figures> {
  const bundle = await measureWorkerStart(bundled, settings);
  const modules = await measureWorkerStart(unbundled, settings);
  return {
    loadMs: bundle.loadMs,
    unbundledLoadMs: modules.loadMs,
    firstAnswerMs: bundle.firstAnswerMs,
    unbundledFirstAnswerMs: modules.firstAnswerMs,
    localFirstAnswerMs: await measureLocalFirstAnswer(bundled, settings),
    unbundledLocalFirstAnswerMs: await measureLocalFirstAnswer(
      unbundled,
      settings,
    ),
  };
}

const createWorkload =
  (settings: Settings): SystemWorkload =>
  async (size, signal) => {
    // A warm-up run, which reads the files from the disk and is not counted.
    if (size === "full") await measureOnce(settings);
    const all: Figures[] = [];
    for (let run = 0; run < runs[size]; run += 1) {
      signal.throwIfAborted();
      all.push(await measureOnce(settings));
    }
    // A single quick run is too noisy to compare with the budget.
    if (size === "full")
      await requireLoadBudget(
        Math.min(...all.map(({ loadMs = NaN }) => loadMs)),
      );
    return {
      ...computeMedians(all),
      ...(await measureSizes()),
      runs: runs[size],
    };
  };

/** Time from the start of a process until the app is loaded, and until its first HTTP response. */
export const coldStart = createWorkload(settings);

/** The same with telemetry enabled; its endpoint does not exist. */
export const coldStartTelemetry = createWorkload({
  ...settings,
  APPLICATIONINSIGHTS_CONNECTION_STRING:
    "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=http://127.0.0.1:1/",
});

const computeMedians = (all: readonly Figures[]): Figures =>
  Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => [
      name,
      median(all.flatMap(({ [name]: value }) => value ?? [])),
    ]),
  );

/** Takes the fastest of the runs: other programs on the machine delay single runs, not all. */
async function requireLoadBudget(loadMs: number): Promise<void> {
  const path = join(root, "bench", "package-budget.json");
  const budget = JSON.parse(await readFile(path, "utf8")) as {
    readonly loadMs: number;
  };
  if (!(loadMs <= budget.loadMs))
    throw new Error(
      `The package takes ${loadMs.toFixed(0)} ms to load; the budget is ${budget.loadMs} ms (bench/package-budget.json).`,
    );
}

async function measureSizes(): Promise<Figures> {
  const megabytes = async (path: string) =>
    (await stat(join(root, "dist", path))).size / 1e6;
  return {
    bundleMB: await megabytes("package/main.js"),
    zipMB: await megabytes("aos.zip"),
  };
}

/** Measures the app alone, in a process without a host. */
async function measureWorkerStart({ main }: Variant, settings: Settings) {
  const start = performance.now();
  await using worker = launchProcess(bareWorker, [main], {
    env: settings,
    inheritStderr: true,
    pipeStdin: true,
  });
  const line = await worker.waitForOutput(/.+(?=\n)/);
  const { loadMs, port } = JSON.parse(line) as {
    readonly loadMs: number;
    readonly port: number;
  };
  await requireSuccess(`http://127.0.0.1:${port}/health/live`);
  return { loadMs, firstAnswerMs: performance.now() - start };
}

/** Measures the app with the embedded host. The host is not bundled and shares its packages with the unbundled app. */
const measureLocalFirstAnswer = (
  { app }: Variant,
  settings: Settings,
): Promise<number> =>
  withTemporaryFolder(async (folder) => {
    const start = performance.now();
    await using host = await startBenchHost(folder, { app, settings });
    await requireSuccess(`${host.url}/api/health/live`);
    return performance.now() - start;
  });

async function requireSuccess(url: string): Promise<void> {
  const { status } = await fetch(url);
  if (status !== 200)
    throw new Error(`${url} responded with ${status}, not 200.`);
}
