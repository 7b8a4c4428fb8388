import { join, resolve } from "node:path";
import { durableTask } from "../local/durable-task/extension";
import {
  type FunctionsHost,
  startFunctionsHost,
} from "../local/functions-host/host";
import { startStorage } from "../local/storage/storage";
import { logTo, type Verbosity } from "./log";
import type { Own } from "./run-until-stopped";

/** The folder of AOS: where package.json, host.json and the samples are. */
export const projectFolder = resolve(__dirname, "..", "..", "..");

export interface LocalCloudOptions {
  readonly port: number;
  /** Where task hub, keys and storage are kept. */
  readonly data: string;
  readonly auth: boolean;
  readonly verbosity: Verbosity;
}

/** Starts AOS with all that it needs in Azure, on this machine; `own` stops it. */
export async function startLocalCloud(
  own: Own,
  { port, data, auth, verbosity }: LocalCloudOptions,
): Promise<FunctionsHost> {
  const storage = own(await startStorage({ dataFolder: data }));
  // Settings of the process win over local.settings.json: the storage meant is the one that was just started.
  process.env["AzureWebJobsStorage"] = storage.connectionString;
  return own(
    await startFunctionsHost({
      appFolder: projectFolder,
      port,
      dataFolder: data,
      auth,
      extensions: [durableTask()],
      log: logTo(process.stderr, verbosity),
    }),
  );
}

export const defaultData = join(projectFolder, ".aos");
