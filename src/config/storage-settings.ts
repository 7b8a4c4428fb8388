import { z } from "zod";
import type { SettingProblem } from "./setting-problem";

export type StorageConfig =
  | { readonly connectionString: string }
  /** Accessed with the app's identity. */
  | { readonly tableEndpoint: string; readonly blobEndpoint: string };

const url = z.url({ error: "must be a URL" });

/** The storage clients validate the rest; `health/ready` reports their errors. */
const connectionString = z
  .string()
  .regex(/UseDevelopmentStorage=true|AccountName=|Endpoint=/i, {
    error:
      "must be the connection string of a storage account, such as UseDevelopmentStorage=true",
  });

/** Each account: a connection string, or the three settings for access with the app's identity. */
export const storageSettings = {
  AZURE_STORAGE_CONNECTION_STRING: connectionString
    .optional()
    .describe(
      "Connection string of the storage account for orchestrations, histories, transcripts and payloads. Default: the storage of the host.",
    ),
  AZURE_STORAGE_CONNECTION_STRING__accountName: z
    .string()
    .optional()
    .describe(
      "The same account by name, for access with the app's identity in the public cloud.",
    ),
  AZURE_STORAGE_CONNECTION_STRING__tableServiceUri: url
    .optional()
    .describe(
      "Table endpoint of that account, for access with the app's identity.",
    ),
  AZURE_STORAGE_CONNECTION_STRING__blobServiceUri: url
    .optional()
    .describe(
      "Blob endpoint of that account, for access with the app's identity.",
    ),

  AzureWebJobsStorage: connectionString
    .optional()
    .describe(
      "Connection string of the host's storage. `UseDevelopmentStorage=true` uses local storage.",
    ),
  AzureWebJobsStorage__accountName: z
    .string()
    .optional()
    .describe(
      "Storage account of the host by name, for access with the app's identity in the public cloud.",
    ),
  AzureWebJobsStorage__tableServiceUri: url
    .optional()
    .describe(
      "Table endpoint of the host's storage, for access with the app's identity.",
    ),
  AzureWebJobsStorage__blobServiceUri: url
    .optional()
    .describe(
      "Blob endpoint of the host's storage, for access with the app's identity.",
    ),
};
type StorageSettings = z.output<z.ZodObject<typeof storageSettings>>;

/** Undefined when a problem was added. */
export function resolveStorageConfig(
  settings: StorageSettings,
  problems: SettingProblem[],
): StorageConfig | undefined {
  const own = resolveAccount(
    settings,
    "AZURE_STORAGE_CONNECTION_STRING",
    problems,
  );
  const host = resolveAccount(settings, "AzureWebJobsStorage", problems);
  if (own ?? host) return own ?? host;
  problems.push({
    setting: "AzureWebJobsStorage",
    message:
      "is missing: set a connection string, or AzureWebJobsStorage__accountName, or both AzureWebJobsStorage__tableServiceUri and AzureWebJobsStorage__blobServiceUri",
  });
  return undefined;
}

/** The names of the settings that the storage configuration is built from. */
export function usedStorageSettings(
  settings: StorageSettings,
): readonly string[] {
  const present = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  const own = present.filter((name) =>
    name.startsWith("AZURE_STORAGE_CONNECTION_STRING"),
  );
  return own.length > 0
    ? own
    : present.filter((name) => name.startsWith("AzureWebJobsStorage"));
}

/** Undefined when none of the account's settings is present. */
function resolveAccount(
  settings: StorageSettings,
  prefix: "AzureWebJobsStorage" | "AZURE_STORAGE_CONNECTION_STRING",
  problems: SettingProblem[],
): StorageConfig | undefined {
  const connectionString = settings[prefix];
  const account = settings[`${prefix}__accountName`];
  const tableUri = settings[`${prefix}__tableServiceUri`];
  const blobUri = settings[`${prefix}__blobServiceUri`];
  const identitySetting = account ?? tableUri ?? blobUri;
  if (connectionString !== undefined) {
    if (identitySetting !== undefined)
      problems.push({
        setting: prefix,
        message: `conflicts with ${prefix}__…: set either the connection string or the settings for the app's identity`,
      });
    return { connectionString };
  }
  if (identitySetting === undefined) return undefined;
  const endpoint = (service: string, uri: string | undefined) => {
    if (uri !== undefined) return uri;
    if (account === undefined)
      problems.push({
        setting: `${prefix}__${service}ServiceUri`,
        message: `is missing: set it, or set ${prefix}__accountName instead`,
      });
    return `https://${account ?? ""}.${service}.core.windows.net`;
  };
  return {
    tableEndpoint: endpoint("table", tableUri),
    blobEndpoint: endpoint("blob", blobUri),
  };
}
