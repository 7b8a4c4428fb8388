import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startBenchHost } from "../host";
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

/** Storage that nothing answers for: none is started, and neither a start nor `health/live` asks it. */
const settings = {
  AzureWebJobsStorage:
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:1/a",
  AZURE_SERVICEBUS_CONNECTION_STRING: "",
  AOS_MODEL_PROVIDER: "offline",
  APPLICATIONINSIGHTS_CONNECTION_STRING: "",
};
type Settings = Readonly<Record<string, string>>;

/** Times of one run by the name of the figure. In turn, so that all have the same machine. */
async function oneRun(settings: Settings): Promise<Figures> {
  const bundle = await workerStart(bundled, settings);
  const modules = await workerStart(unbundled, settings);
  return {
    loadMs: bundle.loadMs,
    unbundledLoadMs: modules.loadMs,
    firstAnswerMs: bundle.firstAnswerMs,
    unbundledFirstAnswerMs: modules.firstAnswerMs,
    localFirstAnswerMs: await localFirstAnswerMs(bundled, settings),
    unbundledLocalFirstAnswerMs: await localFirstAnswerMs(unbundled, settings),
  };
}

const measured =
  (settings: Settings): SystemWorkload =>
  async (size, signal) => {
    // Not counted: it reads the files from the disk.
    if (size === "full") await oneRun(settings);
    const all: Figures[] = [];
    for (let run = 0; run < runs[size]; run += 1) {
      signal.throwIfAborted();
      all.push(await oneRun(settings));
    }
    return { ...medians(all), ...(await sizes()), runs: runs[size] };
  };

/** From the start of a process until the app is loaded and has registered everything, and until its first answer over HTTP. */
export const coldStart = measured(settings);

/** The same with telemetry on, sent to where nothing answers. */
export const coldStartTelemetry = measured({
  ...settings,
  APPLICATIONINSIGHTS_CONNECTION_STRING:
    "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=http://127.0.0.1:1/",
});

const medians = (all: readonly Figures[]): Figures =>
  Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => [
      name,
      median(all.flatMap(({ [name]: value }) => value ?? [])),
    ]),
  );

async function sizes(): Promise<Figures> {
  const megabytes = async (path: string) =>
    (await stat(join(root, "dist", path))).size / 1e6;
  return {
    bundleMB: await megabytes("package/main.js"),
    zipMB: await megabytes("aos.zip"),
  };
}

/** In a process without a host: what the app itself costs. */
async function workerStart({ main }: Variant, settings: Settings) {
  const start = performance.now();
  const worker = spawn(process.execPath, [bareWorker, main], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...settings },
  });
  const exited = once(worker, "exit");
  try {
    const [line] = (await Promise.race([
      once(worker.stdout, "data"),
      exited.then(() => {
        throw new Error(`${main} could not be loaded.`);
      }),
    ])) as [Buffer];
    const { loadMs, port } = JSON.parse(line.toString()) as {
      readonly loadMs: number;
      readonly port: number;
    };
    await firstAnswer(`http://127.0.0.1:${port}/health/live`);
    return { loadMs, firstAnswerMs: performance.now() - start };
  } finally {
    worker.stdin.end();
    await exited;
  }
}

/** With the embedded host, which is part of the time, is not bundled, and shares packages with an app that is not either. */
const localFirstAnswerMs = (
  { app }: Variant,
  settings: Settings,
): Promise<number> =>
  withTemporaryFolder(async (folder) => {
    const start = performance.now();
    await using host = await startBenchHost(folder, { app, settings });
    await firstAnswer(`${host.url}/api/health/live`);
    return performance.now() - start;
  });

async function firstAnswer(url: string): Promise<void> {
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url} answered ${status}, not 200.`);
}
