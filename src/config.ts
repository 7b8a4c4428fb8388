/** The settings of AOS: their names, their defaults and what they mean together. Nothing else reads the environment. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AosError } from "./errors";
import {
  firstOfEach,
  type GivenSettings,
  type SettingProblem,
  unresolvedReferences,
  without,
  withoutBlanks,
} from "./setting-problem";
import {
  type TelemetryConfig,
  telemetryConfig,
  telemetrySettings,
} from "./telemetry-settings";

export type { TelemetryConfig };

export interface Config {
  readonly storage: StorageConfig;
  readonly model: ModelConfig;
  /** Absent: requests come over HTTP only, and no messages are sent. */
  readonly serviceBus?: ServiceBusConfig;
  readonly documentsFolder: string;
  readonly reportsFolder: string;
  /** Absent: nobody is told anything. */
  readonly telemetry?: TelemetryConfig;
}
export type StorageConfig =
  | { readonly connectionString: string }
  /** Reached with the app's identity. */
  | { readonly tableEndpoint: string; readonly blobEndpoint: string };
export type ServiceBusConfig =
  | { readonly connectionString: string }
  /** Reached with the app's identity; `clientId` picks one of several. */
  | { readonly fullyQualifiedNamespace: string; readonly clientId?: string };
type ModelConfig = { readonly timeoutMs: number } & (
  | {
      readonly provider: "azure-openai";
      readonly endpoint: string;
      readonly deployment: string;
      readonly apiVersion: string;
      /** Absent: the app's identity. */
      readonly apiKey?: string;
    }
  | {
      readonly provider: "openai";
      readonly model: string;
      readonly baseUrl?: string;
      readonly apiKey?: string;
    }
  | { readonly provider: "offline" }
);

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

  /** Default: the provider whose settings are there, or else offline. */
  AOS_MODEL_PROVIDER: z
    .enum(["azure-openai", "openai", "offline"], {
      error: "must be azure-openai, openai or offline",
    })
    .optional(),
  AZURE_OPENAI_ENDPOINT: url.optional(),
  AZURE_OPENAI_API_KEY: z.string().optional(),
  AZURE_OPENAI_DEPLOYMENT: z.string().optional(),
  AZURE_OPENAI_API_VERSION: z.string().default("2024-10-21"),
  OPENAI_BASE_URL: url.optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_MODEL: z.string().optional(),
  AOS_MODEL_TIMEOUT_SECONDS: z.coerce
    .number({ error: "must be a number of seconds" })
    .min(1, { error: "must be at least 1" })
    .max(1_500, { error: "must be at most 1500" })
    .default(120),

  /** Relative folders start at the app's folder. */
  AOS_DOCUMENTS_FOLDER: z.string().default("samples/document-review"),
  AOS_REPORTS_FOLDER: z.string().default(".aos/reports"),

  ...telemetrySettings,
});
type Settings = z.output<typeof settings>;
type SettingName = keyof Settings;

/** Every setting that is read. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

type Problem = SettingProblem;

/** Throws `configuration_invalid` with every problem at once. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const parsed = parseEach(withoutBlanks(env));
  const problems: Problem[] = [...parsed.problems];
  const storage = storageConfig(parsed.data, problems);
  const model = modelConfig(parsed.data, problems);
  if (problems.length > 0) throw invalid(problems);
  if (storage === undefined || model === undefined) throw invalid(problems);
  const serviceBus = serviceBusConfig(parsed.data);
  const telemetry = telemetryConfig(parsed.data);
  return {
    storage,
    model,
    ...(serviceBus !== undefined && { serviceBus }),
    ...(telemetry !== undefined && { telemetry }),
    documentsFolder: resolve(appFolder(), parsed.data.AOS_DOCUMENTS_FOLDER),
    reportsFolder: resolve(appFolder(), parsed.data.AOS_REPORTS_FOLDER),
  };
}

/** What is wrong by itself is left out of the data, so that the rest can be held against each other all the same. */
function parseEach(given: GivenSettings) {
  const problems = unresolvedReferences(given);
  const parsed = settings.safeParse(without(given, problems));
  for (const { path, message } of parsed.error?.issues ?? [])
    problems.push({ setting: path.join("."), message });
  return { data: settings.parse(without(given, problems)), problems };
}

const invalid = (problems: readonly Problem[]): AosError =>
  new AosError(
    "configuration_invalid",
    `The configuration is not valid. Correct these settings and start again:\n${firstOfEach(
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

function serviceBusConfig(from: Settings): ServiceBusConfig | undefined {
  const connectionString = from.AZURE_SERVICEBUS_CONNECTION_STRING;
  if (connectionString !== undefined) return { connectionString };
  const fullyQualifiedNamespace =
    from.AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace;
  if (fullyQualifiedNamespace === undefined) return undefined;
  const clientId = from.AZURE_SERVICEBUS_CONNECTION_STRING__clientId;
  return {
    fullyQualifiedNamespace,
    ...(clientId !== undefined && { clientId }),
  };
}

function modelConfig(
  from: Settings,
  problems: Problem[],
): ModelConfig | undefined {
  const timeoutMs = from.AOS_MODEL_TIMEOUT_SECONDS * 1000;
  const provider = providerOf(from);
  switch (provider) {
    case "azure-openai":
      return azureOpenAi(from, timeoutMs, problems);
    case "openai":
      return openAi(from, timeoutMs, problems);
    case "offline":
      return { provider, timeoutMs };
    case "undecided":
      problems.push({
        setting: "AOS_MODEL_PROVIDER",
        message:
          "is missing: there are settings for azure-openai and for openai; say which one answers",
      });
      return undefined;
  }
}

/** Half a configuration counts too: with a model named, nobody means to be answered offline. */
function providerOf(from: Settings): ModelConfig["provider"] | "undecided" {
  if (from.AOS_MODEL_PROVIDER !== undefined) return from.AOS_MODEL_PROVIDER;
  const azure =
    from.AZURE_OPENAI_ENDPOINT ??
    from.AZURE_OPENAI_DEPLOYMENT ??
    from.AZURE_OPENAI_API_KEY;
  const openAi =
    from.OPENAI_API_KEY ?? from.OPENAI_BASE_URL ?? from.OPENAI_MODEL;
  if (azure !== undefined)
    return openAi === undefined ? "azure-openai" : "undecided";
  return openAi === undefined ? "offline" : "openai";
}

function azureOpenAi(
  from: Settings,
  timeoutMs: number,
  problems: Problem[],
): ModelConfig | undefined {
  const { AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_API_KEY: apiKey } =
    from;
  const deployment = from.AZURE_OPENAI_DEPLOYMENT;
  if (endpoint === undefined || deployment === undefined) {
    problems.push(
      ...missing(from, "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_DEPLOYMENT"),
    );
    return undefined;
  }
  return {
    provider: "azure-openai",
    endpoint,
    deployment,
    apiVersion: from.AZURE_OPENAI_API_VERSION,
    timeoutMs,
    ...(apiKey !== undefined && { apiKey }),
  };
}

function openAi(
  from: Settings,
  timeoutMs: number,
  problems: Problem[],
): ModelConfig | undefined {
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey } = from;
  const model = from.OPENAI_MODEL;
  // A server of one's own may ask for no key.
  const reachable = baseUrl !== undefined || apiKey !== undefined;
  if (model === undefined || !reachable) {
    problems.push(
      ...missing(from, "OPENAI_MODEL"),
      ...(reachable ? [] : missing(from, "OPENAI_API_KEY")),
    );
    return undefined;
  }
  return {
    provider: "openai",
    model,
    timeoutMs,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
  };
}

const missing = (
  from: Settings,
  ...names: readonly SettingName[]
): readonly Problem[] =>
  names
    .filter((name) => from[name] === undefined)
    .map((setting) => ({
      setting,
      message: `is missing: the model provider ${providerOf(from)} needs it`,
    }));

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
