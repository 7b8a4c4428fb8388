import { join } from "node:path";
import {
  parseDurableTaskSettings,
  validateDurableTaskSettings,
} from "../../../durable-task/engine/settings";
import type { LostEpisodesOptions } from "../../../durable-task/engine/orchestrations/lost-episodes";
import {
  lostEpisodesVariable,
  readLostEpisodes,
} from "../../../durable-task/engine/read-lost-episodes";
import {
  TaskHub,
  type TaskHubOptions,
} from "../../../durable-task/engine/task-hub";
import { createDurableHttpApi } from "../../../durable-task/http-api/routes";
import {
  type TaskHubStorageNames,
  taskHubStorageNames,
} from "../../../durable-task/model/storage-names";
import type { KnownFunctions } from "../../../durable-task/replay/decision";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import { exitProcess } from "../../../shared/process/exit-process";
import { type Clock, systemClock } from "../../../shared/time/clock";
import type {
  Extension,
  ExtensionHost,
  WebhookRequest,
  WebhookResponse,
} from "../../core/extension";
import {
  createDurableApiAddress,
  serializeDurableClient,
} from "./client-binding";
import { startRpcListener } from "./rpc-listener";

/** Time for running functions to complete when the host stops. */
const graceMs = 3000;

interface RunningHub {
  readonly hub: TaskHub;
  /** The value of `durableClient` input bindings. */
  readonly clientBinding: string;
  handle(request: WebhookRequest): Promise<WebhookResponse>;
  stop(): Promise<void>;
}

/** Keeps the app from using the names that a task hub takes on Azure. */
type ReserveNames = (
  names: TaskHubStorageNames & { readonly hub: string },
) => Promise<void>;

export interface DurableTaskExtension extends Extension {
  /** Undefined before the start and after the stop. */
  readonly hub: TaskHub | undefined;
}

export interface DurableTaskExtensionOptions {
  /** Default: the system clock. */
  readonly clock?: Clock | undefined;
  /** Default: the environment variable, or no lost episodes. */
  readonly lostEpisodes?: LostEpisodesOptions | undefined;
  /** Default: reserves nothing. */
  readonly reserveNames?: ReserveNames;
}

/** The Durable Task extension, with a task hub in `task-hub.db` of the data folder. */
export function createDurableTaskExtension({
  clock = systemClock,
  lostEpisodes: options,
  reserveNames = () => Promise.resolve(),
}: DurableTaskExtensionOptions = {}): DurableTaskExtension {
  const lostEpisodes = readLostEpisodes(
    options,
    process.env[lostEpisodesVariable],
  );
  let running: RunningHub | undefined;
  return {
    get hub() {
      return running?.hub;
    },
    name: "durableTask",
    triggers: ["orchestrationTrigger", "activityTrigger", "entityTrigger"],
    validate: ({ settings }) => [
      ...validateDurableTaskSettings(settings),
      ...(typeof lostEpisodes === "string" ? [lostEpisodes] : []),
    ],
    start: async (host) => {
      if (typeof lostEpisodes === "string") throw new Error(lostEpisodes);
      await reserveHubNames(host, reserveNames);
      running = await start(host, { clock, lostEpisodes });
      // Only now, because recovered functions get the client binding of the running hub.
      running.hub.recover();
    },
    inputBinding: ({ type }) =>
      type === "durableClient" && running
        ? { string: running.clientBinding }
        : undefined,
    webhook: async (request) =>
      running ? running.handle(request) : { status: 503 },
    workerExited: () => {
      running?.hub.halt();
    },
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
  };
}

/** On Azure, an app without Durable Functions has no task hub. */
async function reserveHubNames(
  host: ExtensionHost,
  reserveNames: ReserveNames,
): Promise<void> {
  const { hubName } = parseDurableTaskSettings(host.settings);
  const hasHub = Object.values(groupFunctions(host)).flat().length > 0;
  if (hasHub)
    await reserveNames({ hub: hubName, ...taskHubStorageNames(hubName) });
}

async function start(
  host: ExtensionHost,
  { clock, lostEpisodes }: Pick<TaskHubOptions, "clock" | "lostEpisodes">,
): Promise<RunningHub> {
  const settings = parseDurableTaskSettings(host.settings);
  const store = openTaskHubStore(join(host.dataFolder, "task-hub.db"));
  const reportProblem = (message: string, error?: unknown): void => {
    const reason = error instanceof Error ? ` ${error.message}` : "";
    host.log("error", `${message}${reason}`);
  };
  // Function names are case-insensitive.
  const registeredNames = new Map(
    host.functions.map(({ name }) => [name.toLowerCase(), name]),
  );
  const hub = new TaskHub({
    store,
    settings,
    ...(clock && { clock }),
    lostEpisodes,
    functions: groupFunctions(host),
    reportProblem,
    onFatalError: (error) => {
      reportProblem(error.message);
      // The state in memory is invalid. The process ends, and the next one recovers from disk.
      setImmediate(() => exitProcess(1));
    },
    invoke: (functionName, trigger, { metadata, ...options } = {}) =>
      host.invoke({
        ...options,
        functionName:
          registeredNames.get(functionName.toLowerCase()) ?? functionName,
        trigger,
        ...(metadata && { triggerMetadata: metadata }),
      }),
  });
  const address = createDurableApiAddress(host, settings.hubName);
  const handle = createDurableHttpApi({ hub, address });
  const rpc = await startRpcListener(
    handle,
    { origin: host.origin, maxPayloadBytes: settings.maxPayloadBytes },
    reportProblem,
  );
  return {
    hub,
    handle,
    clientBinding: serializeDurableClient(address, rpc.url),
    stop: async () => {
      await rpc.stop();
      await hub.stop(graceMs);
    },
  };
}

function groupFunctions({ functions }: ExtensionHost): KnownFunctions {
  const withTrigger = (trigger: string): readonly string[] =>
    functions
      .filter(({ bindings }) =>
        Object.values(bindings).some(({ type }) => type === trigger),
      )
      .map(({ name }) => name);
  return {
    orchestrator: withTrigger("orchestrationTrigger"),
    activity: withTrigger("activityTrigger"),
    entity: withTrigger("entityTrigger"),
  };
}
