import { readLocalSettings } from "../local/functions-host/local-settings";
import { startStorage } from "../local/storage/storage";

/** Storage for an app, as far as it asks for some. */
export interface AppStorage extends AsyncDisposable {
  /** Settings that the app finds it by. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts storage when the app's `AzureWebJobsStorage` is `UseDevelopmentStorage=true`, as everywhere in Azure
 * Functions; an app without it needs none.
 */
export async function startAppStorage(
  appFolder: string,
  dataFolder: string,
): Promise<AppStorage> {
  const setting =
    process.env["AzureWebJobsStorage"] ??
    readLocalSettings(appFolder)["AzureWebJobsStorage"];
  if (setting?.toLowerCase() !== "usedevelopmentstorage=true")
    return { environment: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
  const storage = await startStorage({ dataFolder });
  // What is set in the process wins over local.settings.json, so the real address goes there.
  process.env["AzureWebJobsStorage"] = storage.connectionString;
  return {
    environment: { AzureWebJobsStorage: storage.connectionString },
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}
