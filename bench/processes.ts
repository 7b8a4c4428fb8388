/** Starts the built programs as separate processes, each on free ports. Disposing of a result stops its process. */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type LaunchedProcess, launchProcess } from "azure-local-cloud";

const root = resolve(__dirname, "..", "..");
const localCloud = join(root, "local-cloud", "dist", "cli", "main.js");
const aos = join(root, "dist", "src", "cli", "main.js");

export interface BenchHost extends AsyncDisposable {
  readonly url: string;
}

interface BenchApp {
  readonly app: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The benchmark's app needs no storage. With an inherited AzureWebJobsStorage, the host would start a storage emulator. */
const benchApp = {
  app: join(root, "bench", "app"),
  settings: { AzureWebJobsStorage: "" },
};

export async function startBenchHost(
  dataFolder: string,
  { app, settings }: BenchApp = benchApp,
): Promise<BenchHost> {
  const host = launch(
    localCloud,
    ["host", "--app", app, "--port", "0", "--data", dataFolder],
    settings,
  );
  const url = await host.waitForOutput(/Listening on (http:\/\/\S+)/);
  return { url, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

export interface BenchServiceBus extends AsyncDisposable {
  readonly connectionString: string;
}

export const queueName = "bench";
const entities = {
  UserConfig: { Namespaces: [{ Queues: [{ Name: queueName }] }] },
};

/** A broker with one queue that has default properties. */
export async function startBenchBroker(
  dataFolder: string,
): Promise<BenchServiceBus> {
  const config = join(dataFolder, "entities.json");
  await writeFile(config, JSON.stringify(entities));
  return waitForServiceBus(
    launch(localCloud, [
      ...["broker", "--config", config],
      ...["--port", "0", "--data", dataFolder],
    ]),
  );
}

/** Starts `aos dev`. Empty settings keep it from using Azure resources that the environment configures. */
export const startBenchAos = (dataFolder: string): Promise<BenchServiceBus> =>
  waitForServiceBus(
    launch(
      aos,
      [
        ...["dev", "--port", "0", "--service-bus-port", "0"],
        ...["--data", dataFolder],
      ],
      {
        AzureWebJobsStorage: "",
        AZURE_SERVICEBUS_CONNECTION_STRING: "",
        AOS_MODEL_PROVIDER: "offline",
      },
    ),
  );

const launch = (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LaunchedProcess => launchProcess(file, args, { env, inheritStderr: true });

async function waitForServiceBus(
  started: LaunchedProcess,
): Promise<BenchServiceBus> {
  const connectionString = await started.waitForOutput(/Endpoint=sb:\S+(?=\s)/);
  return {
    connectionString,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
