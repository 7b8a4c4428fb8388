import { join, resolve } from "node:path";
import { durableTask } from "../local/durable-task/extension";
import {
  type FunctionsHost,
  startFunctionsHost,
} from "../local/functions-host/host";
import { serviceBus } from "../local/functions-host/service-bus/extension";
import { storageQueues } from "../local/functions-host/storage-queue/extension";
import { timerTriggers } from "../local/functions-host/timer/extension";
import { settingsForStorage } from "../local/storage/asks-for-storage";
import { startStorage } from "../local/storage/storage";
import { logTo, type Verbosity } from "./log";
import type { Own } from "./run-until-stopped";
import { type LocalServiceBus, prepareServiceBus } from "./service-bus";

/** The folder of AOS: where package.json, host.json and the samples are. */
export const projectFolder = resolve(__dirname, "..", "..", "..");
export const defaultData = join(projectFolder, ".aos");

export interface LocalCloudOptions {
  readonly app: string;
  readonly port: number;
  /** Where task hub, keys and storage are kept. */
  readonly data: string;
  readonly auth: boolean;
  readonly verbosity: Verbosity;
  /** Whether storage is started always, or only for an app that asks for it. */
  readonly storage: "always" | "when asked for";
  readonly serviceBus: LocalServiceBus;
}

/** Starts a Functions app on this machine with what it needs of Azure; `own` stops it all. */
export const startLocalCloud = async (
  own: Own,
  options: LocalCloudOptions,
): Promise<FunctionsHost> =>
  own(
    await startFunctionsHost({
      appFolder: options.app,
      port: options.port,
      dataFolder: options.data,
      auth: options.auth,
      // They are stopped in the reverse order: what others write to goes last.
      extensions: [
        storageQueues(),
        serviceBus(),
        durableTask(),
        timerTriggers(),
      ],
      log: logTo(process.stderr, options.verbosity),
      prepare: async (settings) => ({
        ...(await prepareStorage(own, settings, options)),
        ...(await prepareServiceBus(own, settings, {
          ...options,
          ...options.serviceBus,
        })),
      }),
    }),
  );

async function prepareStorage(
  own: Own,
  settings: Readonly<Record<string, string>>,
  { data, storage }: LocalCloudOptions,
): Promise<Readonly<Record<string, string>>> {
  const names = [
    ...(storage === "always" ? ["AzureWebJobsStorage"] : []),
    ...settingsForStorage(settings),
  ];
  if (names.length === 0) return {};
  const { connectionString } = own(await startStorage({ dataFolder: data }));
  return Object.fromEntries(names.map((name) => [name, connectionString]));
}
