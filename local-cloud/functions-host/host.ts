import { basename, join, resolve } from "node:path";
import {
  createFunctionsRouter,
  type HttpFunction,
  toHttpFunction,
} from "./http/functions-router";
import { type HttpListener, startHttpListener } from "./http/http-listener";
import { handleHttpRequest } from "./http/request-handler";
import { applyAppEnvironment } from "./core/app-environment";
import { AppFolderWatcher } from "./core/app-folder-watcher";
import { assertAppFolder } from "./core/app-loader";
import type { CoreLog } from "./core/core-api";
import { lockDataFolder } from "./core/data-folder-lock";
import type { Extension, FunctionMetadata, Invocation } from "./core/extension";
import { FunctionRunner } from "./core/function-runner";
import { readHostJson } from "./core/host-json";
import { loadOrCreateKeys } from "./core/keys";
import { readLocalSettings } from "./core/local-settings";
import { startApp } from "./core/start-app";
import { startExtensions } from "./core/start-extensions";
import { onWorkerExit } from "./core/worker-exit";
import { describeWorkerExit, WorkerState } from "./core/worker-state";

export interface FunctionsHostOptions {
  readonly appFolder: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** Folder for the files of the host and its extensions, used by one host at a time. */
  readonly dataFolder: string;
  /** Whether requests need a key. */
  readonly auth: boolean;
  readonly extensions: readonly Extension[];
  /**
   * Called with the local settings of the app, after data folder and port are acquired and before the app is loaded.
   * Starts the emulators that the app needs and returns settings with their endpoints, which override all other settings.
   */
  readonly prepare?: (
    settings: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly log: CoreLog;
}

export interface FunctionsHost extends AsyncDisposable {
  readonly url: string;
  readonly functions: readonly FunctionMetadata[];
  readonly httpFunctions: readonly (HttpFunction & { readonly url: string })[];
  /** Resolves when the app has ended its process, by an uncaught error or `process.exit`, and the host has stopped. */
  readonly workerExited: Promise<void>;
  /** Accepts no more requests, drains running functions, and releases port and data folder. */
  stop(): Promise<void>;
}

/** Starts a Functions host. A process can run only one: environment, working directory and loaded modules are global. */
export async function startFunctionsHost(
  options: FunctionsHostOptions,
): Promise<FunctionsHost> {
  assertAppFolder(resolve(options.appFolder));
  const unlock = lockDataFolder(resolve(options.dataFolder));
  let listener: HttpListener | undefined;
  try {
    listener = await startHttpListener(options.port, (error) => {
      options.log("error", "Host.Http", String(error));
    });
    return await startOnListener(listener, options, unlock);
  } catch (error) {
    await listener?.close();
    unlock();
    throw error;
  }
}

/** Time for pending requests to complete when the host stops. */
const requestDrainMs = 2000;

async function startOnListener(
  listener: HttpListener,
  options: FunctionsHostOptions,
  unlock: () => void,
): Promise<FunctionsHost> {
  const { extensions, log } = options;
  const appFolder = resolve(options.appFolder);
  const dataFolder = resolve(options.dataFolder);
  const { port } = listener;
  const keys = options.auth
    ? loadOrCreateKeys(join(dataFolder, "keys.json"))
    : undefined;
  const settings = readLocalSettings(appFolder);
  const overrides = (await options.prepare?.(settings)) ?? {};
  applyAppEnvironment({ appFolder, port, settings, overrides });
  const hostJson = readHostJson(appFolder, process.env);
  const worker = new WorkerState();
  const watcher = new AppFolderWatcher(appFolder, worker, log);
  await watcher.start();
  const { app, model, streamUri } = await startApp(appFolder, log);
  const runner = new FunctionRunner({
    app,
    model,
    extensions,
    timeoutMs: hostJson.functionTimeoutMs,
    worker,
    log,
  });
  const origin = `http://localhost:${port}`;
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
  const dependencies = {
    origin,
    customHeaders: hostJson.customHeaders,
    homePage: formatHomePage(basename(appFolder), runner.functions),
    keys,
    extensions,
    streamUri,
    findRoute: createFunctionsRouter(httpFunctions, hostJson.routePrefix),
    invoke: (invocation: Invocation, id: string) => runner.run(invocation, id),
    invokeManually: started.invokeManually,
  };
  listener.serve((request, response) =>
    handleHttpRequest(dependencies, request, response),
  );
  started.listen();

  let hasExited = false;
  const stop = async (): Promise<void> => {
    watcher.stop();
    await Promise.all([
      listener.drain(requestDrainMs),
      started.stopListening(),
    ]);
    try {
      await started.stop();
      const { hooks } = app;
      if (!hasExited)
        await hooks.run(
          "appTerminate",
          hooks.createContext(hooks.lifetimeHookData, {}),
        );
    } finally {
      // After an exit, code of the app may still run and must not end the process before its results are written.
      if (!hasExited) removeHandlers();
      await listener.close();
      unlock();
    }
  };
  let stopping: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  let removeHandlers = (): void => undefined;
  const workerExited = new Promise<void>((resolve, reject) => {
    removeHandlers = onWorkerExit((code, reason) => {
      if (hasExited) return;
      log("error", "Host.Worker", `${describeWorkerExit(code)} ${reason}`);
      // While the host stops, it ends anyway.
      if (stopping) return;
      hasExited = true;
      started.workerExited();
      worker.exit(code);
      stopOnce().then(resolve, reject);
    });
  });
  return {
    url: origin,
    functions: runner.functions,
    httpFunctions: httpFunctions.map((httpFunction) => ({
      ...httpFunction,
      url: [origin, hostJson.routePrefix, httpFunction.route]
        .filter((part) => part !== "")
        .join("/"),
    })),
    workerExited,
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

const formatHomePage = (
  app: string,
  functions: readonly FunctionMetadata[],
): string =>
  `${app} is running. Its functions: ${functions.map(({ name }) => name).join(", ")}.\n`;
