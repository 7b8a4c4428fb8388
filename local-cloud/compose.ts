/** Starts a local cloud: the Functions host with one app, its extensions, and the storage and Service Bus that the app needs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FunctionsHost, startFunctionsHost } from "./functions-host/host";
import {
  createDurableTaskExtension,
  type DurableTaskExtension,
  type DurableTaskExtensionOptions,
} from "./functions-host/extensions/durable-task/extension";
import { serviceBusExtension } from "./functions-host/extensions/service-bus/extension";
import { storageQueueExtension } from "./functions-host/extensions/storage-queue/extension";
import { timerExtension } from "./functions-host/extensions/timer/extension";
import { type ServiceBusBroker, startBroker } from "./service-bus/broker";
import { readEntityFile } from "./service-bus/namespace/read-entity-file";
import { AsyncDisposableStack } from "./shared/lifecycle/async-disposable-stack";
import type { Clock } from "./shared/time/clock";
import { type LocalStorage, startStorage } from "./storage/azurite";

/** `on-demand`: only if a setting of the app requests the emulator. */
type StartPolicy = "always" | "on-demand";
type AppSettings = Readonly<Record<string, string>>;

export interface ComposeOptions {
  /** The folder of a built Functions app. */
  readonly app: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Contains the task hub, keys, storage and messages. */
  readonly dataFolder: string;
  /** Whether callers need a function key. */
  readonly auth: boolean;
  readonly storage: StartPolicy;
  readonly serviceBus: {
    readonly start: StartPolicy;
    /** 0 picks a free port. Default: 5672, or a free port when that is in use. */
    readonly port?: number | undefined;
    /** The queues and topics, in the format of Microsoft's emulator. Default: service-bus.json of the app. */
    readonly entitiesFile?: string;
  };
  /** The clock of orchestrations and timer functions. Default: the system clock. */
  readonly clock?: Clock;
  /** Loses episodes after their messages were sent. Default: the environment variable, or none. */
  readonly lostEpisodes?: DurableTaskExtensionOptions["lostEpisodes"];
  readonly log: (level: string, category: string, message: string) => void;
}

export interface ComposedCloud extends AsyncDisposable {
  readonly host: FunctionsHost;
  readonly durableTask: DurableTaskExtension;
  /** Connection strings of the services that were started, by the app setting that contains them. */
  readonly settings: AppSettings;
  /** Undefined when no Service Bus was started. */
  readonly serviceBus: ServiceBusBroker | undefined;
  /** Resolves when no timer function, orchestration, activity or entity runs. */
  whenIdle(): Promise<void>;
}

/** Disposing of the result stops the host first, then the services. Throws an error with a `code`. */
export async function composeLocalCloud(
  options: ComposeOptions,
): Promise<ComposedCloud> {
  requireHostJson(options.app);
  await using started = new AsyncDisposableStack();
  let services: StartedServices = { settings: {} };
  const durableTask = createDurableTaskExtension({
    clock: options.clock,
    lostEpisodes: options.lostEpisodes,
    reserveNames: async (names) => services.hubStorage?.reserve(names),
  });
  const timers = timerExtension(options.clock);
  const host = await startFunctionsHost({
    appFolder: options.app,
    port: options.port,
    dataFolder: options.dataFolder,
    auth: options.auth,
    // Stopped in reverse order, so an extension to which others write comes first.
    extensions: [
      storageQueueExtension(),
      serviceBusExtension(),
      durableTask,
      timers,
    ],
    log: options.log,
    prepare: async (appSettings) => {
      services = await startServices(started, appSettings, options);
      return services.settings;
    },
  });
  started.use(host);
  const all = started.move();
  return {
    host,
    durableTask,
    settings: services.settings,
    serviceBus: services.serviceBus,
    whenIdle: async () => {
      // Timer functions first: they may start orchestrations.
      await timers.whenIdle();
      await durableTask.hub?.whenIdle();
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}

interface StartedServices {
  readonly settings: AppSettings;
  /** The storage of `AzureWebJobsStorage`, where a task hub is on Azure. */
  readonly hubStorage?: LocalStorage | undefined;
  readonly serviceBus?: ServiceBusBroker | undefined;
}

/** The local cloud cannot run this app. The message is one sentence. */
class ComposeError extends Error {
  override readonly name = "ComposeError";
  readonly code = "host_json_missing";
}

/** A folder without package.json contains no app; the host reports it. */
function requireHostJson(app: string): void {
  const contains = (name: string): boolean => existsSync(join(app, name));
  if (contains("host.json") || !contains("package.json")) return;
  throw new ComposeError(
    `There is no host.json in ${app}: create one, at least { "version": "2.0" }, or pass the folder of a Functions app with --app.`,
  );
}

async function startServices(
  started: AsyncDisposableStack,
  appSettings: AppSettings,
  options: ComposeOptions,
): Promise<StartedServices> {
  const storageNames = [
    ...(options.storage === "always" ? ["AzureWebJobsStorage"] : []),
    ...findSettings(appSettings, /^UseDevelopmentStorage=true;?$/i),
  ];
  const serviceBusNames = findServiceBusSettings(
    appSettings,
    options.serviceBus.start,
  );
  const settings: Record<string, string> = {};
  const storage =
    storageNames.length > 0
      ? started.use(await startStorage({ dataFolder: options.dataFolder }))
      : undefined;
  if (storage !== undefined)
    for (const name of storageNames) settings[name] = storage.connectionString;
  const hubStorage = storageNames.includes("AzureWebJobsStorage")
    ? storage
    : undefined;
  if (serviceBusNames.length === 0) return { settings, hubStorage };
  const serviceBus = started.use(await startServiceBus(options));
  for (const name of serviceBusNames)
    settings[name] = serviceBus.connectionString;
  return { settings, hubStorage, serviceBus };
}

/** The names of the settings whose value requests an emulator. Environment variables override `settings`. */
const findSettings = (
  settings: AppSettings,
  request: RegExp,
): readonly string[] =>
  Object.entries({ ...settings, ...process.env })
    .filter(([, value]) => request.test(value ?? ""))
    .map(([name]) => name);

const connectionSetting = "AZURE_SERVICEBUS_CONNECTION_STRING";

/** Names the real namespace, for an app that connects with an identity. */
const namespaceSetting = `${connectionSetting}__fullyQualifiedNamespace`;

/** The settings that receive the connection string of the broker; none when no broker is needed. */
function findServiceBusSettings(
  appSettings: AppSettings,
  policy: StartPolicy,
): readonly string[] {
  const requested = findSettings(appSettings, /^UseDevelopmentEmulator=true$/i);
  if (requested.length > 0 || policy === "on-demand") return requested;
  const isConfigured = [connectionSetting, namespaceSetting].some(
    (name) => (process.env[name] ?? appSettings[name] ?? "") !== "",
  );
  return isConfigured ? [] : [connectionSetting];
}

/** The AMQP port, which clients use when the connection string contains none. */
const amqpPort = 5672;

async function startServiceBus({
  app,
  dataFolder,
  serviceBus: { port, entitiesFile = join(app, "service-bus.json") },
  log,
}: ComposeOptions): Promise<ServiceBusBroker> {
  const entities = await readEntityFile(entitiesFile);
  const startOn = (wanted: number): Promise<ServiceBusBroker> =>
    startBroker({ entities, port: wanted, dataFolder, log });
  if (port !== undefined) return startOn(port);
  try {
    return await startOn(amqpPort);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "service_bus_port_in_use")
      throw error;
    log(
      "warning",
      "ServiceBus",
      `Port ${amqpPort} is in use, so the broker listens on a free port. Choose a fixed port with --service-bus-port.`,
    );
    return startOn(0);
  }
}
