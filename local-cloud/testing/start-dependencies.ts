import { join } from "node:path";
import { findServiceBusEmulatorSettings } from "../service-bus/service-bus-settings";
import { startBroker } from "../service-bus/broker";
import { readEntityFile } from "../service-bus/namespace/read-entity-file";
import { findStorageEmulatorSettings } from "../storage/storage-settings";
import { startStorage } from "../storage/azurite";
import type { AppSettingValues } from "./host-protocol";

export interface StartedDependencies {
  /** Where what was started is found, by app setting. */
  readonly settings: AppSettingValues;
  stop(): Promise<void>;
}

/** Starts what the settings of an app ask for: storage, and a Service Bus with the entities of its service-bus.json. */
export async function startDependencies(
  settings: AppSettingValues,
  { app, data }: { readonly app: string; readonly data: string },
  log: (level: string, category: string, message: string) => void,
): Promise<StartedDependencies> {
  const started: { stop(): Promise<void> }[] = [];
  const found: Record<string, string> = {};
  const own = (
    names: readonly string[],
    one: { readonly connectionString: string; stop(): Promise<void> },
  ): void => {
    started.push(one);
    for (const name of names) found[name] = one.connectionString;
  };
  const storage = findStorageEmulatorSettings(settings);
  if (storage.length > 0)
    own(storage, await startStorage({ dataFolder: data }));
  const bus = findServiceBusEmulatorSettings(settings);
  if (bus.length > 0) {
    const entities = await readEntityFile(join(app, "service-bus.json"));
    const options = { entities, port: 0, dataFolder: data, log };
    own(bus, await startBroker(options));
  }
  return {
    settings: found,
    stop: async () => {
      for (const one of started.reverse()) await one.stop();
    },
  };
}
