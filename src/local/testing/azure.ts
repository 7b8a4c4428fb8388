import { join } from "node:path";
import { settingsAskingForServiceBus } from "../service-bus/asks-for-service-bus";
import { startBroker } from "../service-bus/broker";
import { readEntityFile } from "../service-bus/read-entity-file";
import { settingsForStorage } from "../storage/asks-for-storage";
import { startStorage } from "../storage/storage";
import type { Settings } from "./protocol";

export interface Azure {
  /** Where what was started is found, by app setting. */
  readonly settings: Settings;
  stop(): Promise<void>;
}

/** Starts what the settings of an app ask for: storage, and a Service Bus with the entities of its service-bus.json. */
export async function startAzure(
  settings: Settings,
  { app, data }: { readonly app: string; readonly data: string },
  log: (level: string, category: string, message: string) => void,
): Promise<Azure> {
  const started: { stop(): Promise<void> }[] = [];
  const found: Record<string, string> = {};
  const own = (
    names: readonly string[],
    one: { readonly connectionString: string; stop(): Promise<void> },
  ): void => {
    started.push(one);
    for (const name of names) found[name] = one.connectionString;
  };
  const storage = settingsForStorage(settings);
  if (storage.length > 0)
    own(storage, await startStorage({ dataFolder: data }));
  const bus = settingsAskingForServiceBus(settings);
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
