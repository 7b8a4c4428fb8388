import { errorMessage } from "../../shared/error-message";
import { loadApp } from "./app-loader";
import type { CoreLog, ProgrammingModel } from "./core-api";
import { provideCoreModule } from "./core-module";
import { HostStartError } from "./host-error";
import { WorkerApp } from "./worker-app";

export interface StartedApp {
  readonly app: WorkerApp;
  readonly model: ProgrammingModel;
  /** Address of the HTTP server of the app; undefined unless it enables HTTP streaming. */
  readonly streamUri: string | undefined;
}

/** The capabilities that the Functions worker reports by default. */
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

/** Loads the app, runs its appStart hooks and ends the registration of functions. */
export async function startApp(
  appFolder: string,
  log: CoreLog,
): Promise<StartedApp> {
  const app = new WorkerApp();
  provideCoreModule(app.coreApi(log));
  await loadApp(appFolder);
  const { model } = app;
  if (model === undefined)
    throw new HostStartError(
      "app_load_failed",
      `The app in ${appFolder} registers no function: its entry point must use @azure/functions (programming model v4).`,
    );
  const capabilities =
    (await model.getCapabilities?.(defaultCapabilities)) ?? {};
  await runStartHooks(app, appFolder);
  app.markStarted();
  return { app, model, streamUri: capabilities["HttpUri"] };
}

async function runStartHooks(
  { hooks }: WorkerApp,
  functionAppDirectory: string,
): Promise<void> {
  try {
    await hooks.run(
      "appStart",
      hooks.createContext(hooks.lifetimeHookData, { functionAppDirectory }),
    );
  } catch (cause) {
    throw new HostStartError(
      "app_load_failed",
      `An appStart hook of the app in ${functionAppDirectory} failed: ${errorMessage(cause)}`,
      { cause },
    );
  }
}
