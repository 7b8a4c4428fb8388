import { basename, join, resolve } from "node:path";
import { applyAppEnvironment } from "./app-environment";
import { loadApp, assertAppFolder } from "./app-loader";
import type { CoreLogLevel, ProgrammingModel } from "./core-api";
import { provideCoreModule } from "./core-module";
import { lockDataFolder } from "./data-folder-lock";
import type { Extension, FunctionMetadata, Invocation } from "./extension";
import { startExtensions } from "./start-extensions";
import { FunctionRunner } from "./function-runner";
import { readHostJson } from "./host-json";
import { HostStartError, describeError } from "./host-error";
import { handleHttpRequest } from "../http/request-handler";
import {
  createFunctionsRouter,
  type HttpFunction,
  toHttpFunction,
} from "../http/functions-router";
import { startHttpListener, type HttpListener } from "../http/http-listener";
import { loadOrCreateKeys } from "./keys";
import { readLocalSettings } from "./local-settings";
import { WorkerApp } from "./worker-app";

export interface FunctionsHostOptions {
  readonly appFolder: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Where the host and its extensions keep their files; one host at a time. */
  readonly dataFolder: string;
  /** Whether callers need a key. */
  readonly auth: boolean;
  readonly extensions: readonly Extension[];
  /**
   * Called when folder and port are this host's, before the app is loaded, with the app's local settings: starts what
   * the app needs and gives the settings that it is found by. They win over all others.
   */
  readonly prepare?: (
    settings: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly log: (
    level: CoreLogLevel,
    category: string,
    message: string,
  ) => void;
}

export interface FunctionsHost extends AsyncDisposable {
  readonly url: string;
  readonly functions: readonly FunctionMetadata[];
  readonly httpFunctions: readonly (HttpFunction & { readonly url: string })[];
  /** Takes no more requests, ends what runs, and gives the data folder free. */
  stop(): Promise<void>;
}

/** One process runs one host: the app's environment, its working directory and its modules are the process's. */
export async function startFunctionsHost(
  options: FunctionsHostOptions,
): Promise<FunctionsHost> {
  assertAppFolder(resolve(options.appFolder));
  const unlock = lockDataFolder(resolve(options.dataFolder));
  let port: HttpListener | undefined;
  try {
    port = await startHttpListener(options.port, (error) => {
      options.log("error", "Host.Http", String(error));
    });
    return await startOn(port, options, unlock);
  } catch (error) {
    await port?.close();
    unlock();
    throw error;
  }
}

/** How long requests may take to end when the host stops. */
const graceMs = 2000;

async function startOn(
  port: HttpListener,
  options: FunctionsHostOptions,
  unlock: () => void,
): Promise<FunctionsHost> {
  const { extensions, log } = options;
  const appFolder = resolve(options.appFolder);
  const dataFolder = resolve(options.dataFolder);
  const keys = options.auth
    ? loadOrCreateKeys(join(dataFolder, "keys.json"))
    : undefined;
  const settings = readLocalSettings(appFolder);
  const prepared = (await options.prepare?.(settings)) ?? {};
  applyAppEnvironment({
    appFolder,
    port: port.number,
    settings,
    overrides: prepared,
  });
  const hostJson = readHostJson(appFolder, process.env);

  const app = new WorkerApp();
  provideCoreModule(app.coreApi(log));
  await loadApp(appFolder);
  const model = modelOf(app, appFolder);
  const streamUri = await startApp(app, model, appFolder);

  const runner = new FunctionRunner({
    app,
    model,
    extensions,
    timeoutMs: hostJson.functionTimeoutMs,
    log,
  });
  const origin = `http://localhost:${port.number}`;
  const started = await startExtensions(extensions, {
    runner,
    hostJson,
    dataFolder,
    origin,
    keys,
    log,
  });
  const httpFunctions = runner.functions.flatMap(
    (metadata) => toHttpFunction(metadata) ?? [],
  );
  const door = {
    origin,
    homePage: homePage(basename(appFolder), runner.functions),
    keys,
    extensions,
    streamUri,
    findRoute: createFunctionsRouter(httpFunctions, hostJson.routePrefix),
    invoke: (invocation: Invocation, id: string) => runner.run(invocation, id),
    invokeManually: started.invokeManually,
  };
  port.serve((request, response) => handleHttpRequest(door, request, response));
  started.listen();

  const stop = async (): Promise<void> => {
    await Promise.all([port.drain(graceMs), started.stopListening()]);
    try {
      await started.stop();
      await app.hooks.run("appTerminate", app.hooks.context({}, {}));
    } finally {
      await port.close();
      unlock();
    }
  };
  let stopped: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopped ??= stop());
  return {
    url: origin,
    functions: runner.functions,
    httpFunctions: httpFunctions.map((one) => ({
      ...one,
      url: [origin, hostJson.routePrefix, one.route]
        .filter((part) => part !== "")
        .join("/"),
    })),
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

const homePage = (
  app: string,
  functions: readonly FunctionMetadata[],
): string =>
  `${app} is running. Its functions: ${functions.map(({ name }) => name).join(", ")}.\n`;

function modelOf(app: WorkerApp, appFolder: string): ProgrammingModel {
  if (app.model !== undefined) return app.model;
  throw new HostStartError(
    "app_load_failed",
    `The app in ${appFolder} registers no function: its entry point must use @azure/functions (programming model v4).`,
  );
}

const defaultCapabilities = Object.fromEntries(
  [
    "RawHttpBodyBytes",
    "RpcHttpTriggerMetadataRemoved",
    "RpcHttpBodyOnly",
    "IgnoreEmptyValuedRpcHttpHeaders",
    "UseNullableValueDictionaryForHttp",
    "WorkerStatus",
    "TypedDataCollection",
    "HandlesWorkerTerminateMessage",
  ].map((name) => [name, "true"]),
);

/** Ends registration; gives the address at which the app serves HTTP itself, if it does. */
async function startApp(
  app: WorkerApp,
  model: ProgrammingModel,
  functionAppDirectory: string,
): Promise<string | undefined> {
  const capabilities =
    (await model.getCapabilities?.(defaultCapabilities)) ?? {};
  try {
    await app.hooks.run(
      "appStart",
      app.hooks.context({}, { functionAppDirectory }),
    );
  } catch (cause) {
    throw new HostStartError(
      "app_load_failed",
      `An appStart hook of the app in ${functionAppDirectory} failed: ${describeError(cause)}`,
      { cause },
    );
  }
  app.markStarted();
  return capabilities["HttpUri"];
}
