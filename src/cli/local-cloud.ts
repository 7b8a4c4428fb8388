import { join, resolve } from "node:path";
import { durableTask } from "../local/durable-task/extension";
import {
  type FunctionsHost,
  startFunctionsHost,
} from "../local/functions-host/host";
import { storageQueues } from "../local/functions-host/storage-queue/extension";
import { timerTriggers } from "../local/functions-host/timer/extension";
import { settingsForStorage } from "../local/storage/asks-for-storage";
import { startStorage } from "../local/storage/storage";
import { logTo, type Verbosity } from "./log";
import type { Own } from "./run-until-stopped";

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
}

/** Starts a Functions app on this machine with what it needs of Azure; `own` stops it all. */
export const startLocalCloud = async (
  own: Own,
  { app, port, data, auth, verbosity, storage }: LocalCloudOptions,
): Promise<FunctionsHost> =>
  own(
    await startFunctionsHost({
      appFolder: app,
      port,
      dataFolder: data,
      auth,
      // They are stopped in the reverse order: what others write to goes last.
      extensions: [storageQueues(), durableTask(), timerTriggers()],
      log: logTo(process.stderr, verbosity),
      prepare: async (settings) => {
        const names = [
          ...(storage === "always" ? ["AzureWebJobsStorage"] : []),
          ...settingsForStorage(settings),
        ];
        if (names.length === 0) return {};
        const { connectionString } = own(
          await startStorage({ dataFolder: data }),
        );
        return Object.fromEntries(
          names.map((name) => [name, connectionString]),
        );
      },
    }),
  );
