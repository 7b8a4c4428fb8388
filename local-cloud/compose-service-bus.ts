import { join } from "node:path";
import { findServiceBusEmulatorSettings } from "./service-bus/service-bus-settings";
import { type ServiceBusBroker, startBroker } from "./service-bus/broker";
import { readEntityFile } from "./service-bus/namespace/read-entity-file";
import { createConsoleLog, type Verbosity } from "./cli/log";
import type { RegisterDisposable } from "./cli/run-until-stopped";

const connectionSetting = "AZURE_SERVICEBUS_CONNECTION_STRING";

/** Where the real service is, for an app that connects with an identity. */
const namespaceSetting = `${connectionSetting}__fullyQualifiedNamespace`;

/** The port of AMQP: what a client takes when the connection string names none. */
const usualPort = 5672;

type Settings = Readonly<Record<string, string>>;

export interface ComposeServiceBusOptions {
  /** Whether it is started for every app, or only for one that asks for it. */
  readonly when: "always" | "when asked for";
  /** Undefined: the usual one when it is free, else any. */
  readonly port: number | undefined;
  /** Told when it listens. */
  readonly onListening: (broker: ServiceBusBroker) => void;
}

interface App {
  readonly app: string;
  readonly data: string;
  readonly verbosity: Verbosity;
}

/**
 * Starts a broker with the entities of the app's `service-bus.json`, and gives the settings by which the app finds it. An
 * app that has been given a Service Bus keeps that; then there is nothing to start.
 */
export async function composeServiceBus(
  own: RegisterDisposable,
  settings: Settings,
  options: App & ComposeServiceBusOptions,
): Promise<Settings> {
  const names = wantedSettings(settings, options.when);
  if (names.length === 0) return {};
  const broker = own(await start(options));
  options.onListening(broker);
  return Object.fromEntries(
    names.map((name) => [name, broker.connectionString]),
  );
}

/** The settings that are to hold the connection string; none when no broker is wanted. */
function wantedSettings(
  settings: Settings,
  when: ComposeServiceBusOptions["when"],
): readonly string[] {
  const asking = findServiceBusEmulatorSettings(settings);
  if (asking.length > 0 || when === "when asked for") return asking;
  const isGiven = [connectionSetting, namespaceSetting].some(
    (name) => (process.env[name] ?? settings[name] ?? "") !== "",
  );
  return isGiven ? [] : [connectionSetting];
}

async function start({
  app,
  data,
  port,
  verbosity,
}: App & ComposeServiceBusOptions): Promise<ServiceBusBroker> {
  const entities = await readEntityFile(join(app, "service-bus.json"));
  const log = createConsoleLog(process.stderr, verbosity);
  const startAt = (wanted: number): Promise<ServiceBusBroker> =>
    startBroker({ entities, port: wanted, dataFolder: data, log });
  if (port !== undefined) return startAt(port);
  try {
    return await startAt(usualPort);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "service_bus_port_in_use")
      throw error;
    log(
      "warning",
      "ServiceBus",
      `Port ${usualPort} is in use, so another one is taken. Give one with --service-bus-port to have the same every time.`,
    );
    return startAt(0);
  }
}
