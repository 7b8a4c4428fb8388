import { createDurableTaskExtension } from "./functions-host/extensions/durable-task/extension";
import {
  type FunctionsHost,
  startFunctionsHost,
} from "./functions-host/core/host";
import { serviceBusExtension } from "./functions-host/extensions/service-bus/extension";
import { storageQueueExtension } from "./functions-host/extensions/storage-queue/extension";
import { timerExtension } from "./functions-host/extensions/timer/extension";
import { findStorageEmulatorSettings } from "./storage/storage-settings";
import { startStorage } from "./storage/azurite";
import { createConsoleLog, type Verbosity } from "./cli/log";
import type { RegisterDisposable } from "./cli/run-until-stopped";
import {
  type ComposeServiceBusOptions,
  composeServiceBus,
} from "./compose-service-bus";

export interface ComposeOptions {
  readonly app: string;
  readonly port: number;
  /** Where task hub, keys and storage are kept. */
  readonly data: string;
  readonly auth: boolean;
  readonly verbosity: Verbosity;
  /** Whether storage is started always, or only for an app that asks for it. */
  readonly storage: "always" | "when asked for";
  readonly serviceBus: ComposeServiceBusOptions;
}

/** Starts a Functions app on this machine with what it needs of Azure; `own` stops it all. */
export const composeLocalCloud = async (
  own: RegisterDisposable,
  options: ComposeOptions,
): Promise<FunctionsHost> =>
  own(
    await startFunctionsHost({
      appFolder: options.app,
      port: options.port,
      dataFolder: options.data,
      auth: options.auth,
      // They are stopped in the reverse order: what others write to goes last.
      extensions: [
        storageQueueExtension(),
        serviceBusExtension(),
        createDurableTaskExtension(),
        timerExtension(),
      ],
      log: createConsoleLog(process.stderr, options.verbosity),
      prepare: async (settings) => ({
        ...(await prepareStorage(own, settings, options)),
        ...(await composeServiceBus(own, settings, {
          ...options,
          ...options.serviceBus,
        })),
      }),
    }),
  );

async function prepareStorage(
  own: RegisterDisposable,
  settings: Readonly<Record<string, string>>,
  { data, storage }: ComposeOptions,
): Promise<Readonly<Record<string, string>>> {
  const names = [
    ...(storage === "always" ? ["AzureWebJobsStorage"] : []),
    ...findStorageEmulatorSettings(settings),
  ];
  if (names.length === 0) return {};
  const { connectionString } = own(await startStorage({ dataFolder: data }));
  return Object.fromEntries(names.map((name) => [name, connectionString]));
}
