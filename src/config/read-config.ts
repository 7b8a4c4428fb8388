/** The settings of AOS: their names, their defaults and what they mean together. Nothing else reads the environment. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AosError } from "../domain/errors";
import {
  type ModelConfig,
  resolveModelConfig,
  modelSettings,
} from "./model-settings";
import {
  firstProblemPerSetting,
  type RawSettings,
  type SettingProblem,
  findKeyVaultReferences,
  omitSettings,
  omitBlankSettings,
} from "./setting-problem";
import {
  serviceOfSetting,
  collectUnresolvedReferences,
  type UnresolvedReferences,
} from "./key-vault-references";
import {
  type TelemetryConfig,
  resolveTelemetryConfig,
  telemetrySettings,
} from "./telemetry-settings";

export type { TelemetryConfig };

export interface AppConfig {
  readonly storage: StorageConfig;
  /** The settings that say so. */
  readonly storageSettings: readonly string[];
  readonly model: ModelConfig;
  /** Absent: requests come over HTTP only, and no messages are sent. */
  readonly serviceBus?: ServiceBusConfig;
  /** Days after its start that the task hub keeps an orchestration that has ended. */
  readonly hubRetentionDays: number;
  readonly documentsFolder: string;
  readonly reportsFolder: string;
  /** Absent: nobody is told anything. */
  readonly telemetry?: TelemetryConfig;
  /** Secrets that the vault did not give: what they lead to cannot be used, and the rest can. */
  readonly unresolved: UnresolvedReferences;
}
export type StorageConfig =
  | { readonly connectionString: string }
  /** Reached with the app's identity. */
  | { readonly tableEndpoint: string; readonly blobEndpoint: string };
export type ServiceBusConfig =
  | { readonly connectionString: string }
  /** Reached with the app's identity; `clientId` picks one of several. */
  | { readonly fullyQualifiedNamespace: string; readonly clientId?: string };
const url = z.url({ error: "must be a URL" });

/** Not looked into further: the storage clients do that, and `health/ready` tells what they say. */
const storageConnection = z
  .string()
  .regex(/UseDevelopmentStorage=true|AccountName=|Endpoint=/i, {
    error:
      "must be the connection string of a storage account, such as UseDevelopmentStorage=true",
  });

const settings = z.object({
  /** An account of its own for what AOS keeps, in the same two ways as the host's below. Default: the host's. */
  AZURE_STORAGE_CONNECTION_STRING: storageConnection.optional(),
  AZURE_STORAGE_CONNECTION_STRING__accountName: z.string().optional(),
  AZURE_STORAGE_CONNECTION_STRING__tableServiceUri: url.optional(),
  AZURE_STORAGE_CONNECTION_STRING__blobServiceUri: url.optional(),

  /** A connection string, or the three below for access with the app's identity. */
  AzureWebJobsStorage: storageConnection.optional(),
  AzureWebJobsStorage__accountName: z.string().optional(),
  AzureWebJobsStorage__tableServiceUri: url.optional(),
  AzureWebJobsStorage__blobServiceUri: url.optional(),

  /** A connection string, or the namespace below for access with the app's identity. Neither: no Service Bus. */
  AZURE_SERVICEBUS_CONNECTION_STRING: z
    .string()
    .regex(/(^|;)\s*Endpoint=sb:\/\//i, {
      error: "must be a connection string that begins with Endpoint=sb://",
    })
    .optional(),
  AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, {
      error: "must be a host name such as aos.servicebus.windows.net",
    })
    .optional(),
  AZURE_SERVICEBUS_CONNECTION_STRING__clientId: z.string().optional(),

  ...modelSettings,

  AOS_HUB_RETENTION_DAYS: z.coerce
    .number({ error: "must be a number of days" })
    .int({ error: "must be a whole number of days" })
    .min(1, { error: "must be at least 1" })
    .default(30),

  /** Relative folders start at the app's folder. */
  AOS_DOCUMENTS_FOLDER: z.string().default("samples/document-review"),
  AOS_REPORTS_FOLDER: z.string().default(".aos/reports"),

  ...telemetrySettings,
});
type Settings = z.output<typeof settings>;

/** Every setting that is read. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

type Problem = SettingProblem;

/**
 * Throws `configuration_invalid` with every problem at once. A secret that the vault did not give is none as long as the
 * app can do without what it leads to: the vault may be back before anybody has noticed.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): AppConfig {
  const given = omitBlankSettings(env);
  const references = findKeyVaultReferences(given);
  const parsed = settings.safeParse(omitSettings(given, references));
  const wrong = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    setting: path.join("."),
    message,
  }));
  const problems: Problem[] = [
    ...references.filter(
      ({ setting }) =>
        settingNames.includes(setting) &&
        serviceOfSetting(setting) === undefined,
    ),
    ...wrong,
  ];
  // What is wrong by itself is left out, so that the rest can be held against each other all the same.
  const resolved = settings.parse(
    omitSettings(given, [...references, ...wrong]),
  );
  const data: Settings = { ...resolved, ...secretsIn(given, references) };
  const storage = storageConfig(data, problems);
  const model = resolveModelConfig(data, problems);
  const serviceBus = serviceBusConfig(data, problems);
  if (problems.length > 0) throw invalid([...references, ...problems]);
  if (storage === undefined || model === undefined) throw invalid(problems);
  const telemetry = resolveTelemetryConfig(resolved);
  return {
    storage,
    storageSettings: storageSettings(data),
    model,
    ...(serviceBus !== undefined && { serviceBus }),
    ...(telemetry !== undefined && { telemetry }),
    hubRetentionDays: resolved.AOS_HUB_RETENTION_DAYS,
    documentsFolder: resolve(appFolder(), resolved.AOS_DOCUMENTS_FOLDER),
    reportsFolder: resolve(appFolder(), resolved.AOS_REPORTS_FOLDER),
    unresolved: collectUnresolvedReferences(given, references, {
      storage,
      model,
      ...(serviceBus !== undefined && { serviceBus }),
    }),
  };
}

/** As they were written: they stand for the values that they would have. */
const secretsIn = (
  given: RawSettings,
  references: readonly Problem[],
): Partial<Settings> =>
  Object.fromEntries(
    references
      .filter(({ setting }) => serviceOfSetting(setting) !== undefined)
      .map(({ setting }) => [setting, given[setting]]),
  );

const invalid = (problems: readonly Problem[]): AosError =>
  new AosError(
    "configuration_invalid",
    `The configuration is not valid. Correct these settings and start again:\n${firstProblemPerSetting(
      problems,
    )
      .map(({ setting, message }) => `  ${setting} ${message}`)
      .join("\n")}`,
  );

/** Undefined when no setting of that connection is there. */
function storageAt(
  from: Settings,
  connection: "AzureWebJobsStorage" | "AZURE_STORAGE_CONNECTION_STRING",
  problems: Problem[],
): StorageConfig | undefined {
  const connectionString = from[connection];
  const account = from[`${connection}__accountName`];
  const tableUri = from[`${connection}__tableServiceUri`];
  const blobUri = from[`${connection}__blobServiceUri`];
  const byIdentity = account ?? tableUri ?? blobUri;
  if (connectionString !== undefined) {
    if (byIdentity !== undefined)
      problems.push({
        setting: connection,
        message: `is given beside ${connection}__…: give the connection string, or the settings for the app's identity`,
      });
    return { connectionString };
  }
  if (byIdentity === undefined) return undefined;
  const endpoint = (service: string, uri: string | undefined) => {
    if (uri !== undefined) return uri;
    if (account === undefined)
      problems.push({
        setting: `${connection}__${service}ServiceUri`,
        message: `is missing: the other one is given, and no ${connection}__accountName`,
      });
    return `https://${account ?? ""}.${service}.core.windows.net`;
  };
  return {
    tableEndpoint: endpoint("table", tableUri),
    blobEndpoint: endpoint("blob", blobUri),
  };
}

function storageSettings(from: Settings): readonly string[] {
  const given = Object.entries(from)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  const own = given.filter((name) =>
    name.startsWith("AZURE_STORAGE_CONNECTION_STRING"),
  );
  return own.length > 0
    ? own
    : given.filter((name) => name.startsWith("AzureWebJobsStorage"));
}

function storageConfig(
  from: Settings,
  problems: Problem[],
): StorageConfig | undefined {
  const own = storageAt(from, "AZURE_STORAGE_CONNECTION_STRING", problems);
  const host = storageAt(from, "AzureWebJobsStorage", problems);
  if (own ?? host) return own ?? host;
  problems.push({
    setting: "AzureWebJobsStorage",
    message:
      "is missing: give a connection string, or AzureWebJobsStorage__accountName, or both AzureWebJobsStorage__tableServiceUri and AzureWebJobsStorage__blobServiceUri",
  });
  return undefined;
}

function serviceBusConfig(
  from: Settings,
  problems: Problem[],
): ServiceBusConfig | undefined {
  const setting = "AZURE_SERVICEBUS_CONNECTION_STRING";
  const connectionString = from[setting];
  const fullyQualifiedNamespace = from[`${setting}__fullyQualifiedNamespace`];
  const clientId = from[`${setting}__clientId`];
  if (connectionString !== undefined) {
    if (fullyQualifiedNamespace !== undefined)
      problems.push({
        setting,
        message: `is given beside ${setting}__fullyQualifiedNamespace: give the connection string, or the namespace for the app's identity`,
      });
    return { connectionString };
  }
  if (fullyQualifiedNamespace === undefined) {
    if (clientId !== undefined)
      problems.push({
        setting: `${setting}__fullyQualifiedNamespace`,
        message: `is missing: ${setting}__clientId is given, which is for it`,
      });
    return undefined;
  }
  return {
    fullyQualifiedNamespace,
    ...(clientId !== undefined && { clientId }),
  };
}

/** The folder of host.json: above this file both in the sources and in what is compiled from them. */
function appFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "host.json"))) {
    const parent = dirname(folder);
    if (parent === folder) return process.cwd();
    folder = parent;
  }
  return folder;
}
