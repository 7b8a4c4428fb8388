/** The settings of AOS: their names, their defaults and what they mean together. Nothing else reads the environment. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AosError } from "./errors";

export interface Config {
  readonly storage: StorageConfig;
  readonly model: ModelConfig;
  /** Absent: requests come over HTTP only, and no messages are sent. */
  readonly serviceBus?: ServiceBusConfig;
  readonly documentsFolder: string;
  readonly reportsFolder: string;
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

const settings = z.object({
  /** A connection string, or the three below for access with the app's identity. */
  AzureWebJobsStorage: z.string().optional(),
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
});
type Settings = z.output<typeof settings>;
type SettingName = keyof Settings;

interface Problem {
  readonly setting: string;
  readonly message: string;
}

/** Throws `configuration_invalid` with every problem at once. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const parsed = settings.safeParse(withoutBlanks(env));
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.map(({ path, message }) => ({
        setting: path.join("."),
        message,
      })),
    );
  const problems: Problem[] = [];
  const storage = storageConfig(parsed.data, problems);
  const model = modelConfig(parsed.data, problems);
  if (storage === undefined || model === undefined) throw invalid(problems);
  const serviceBus = serviceBusConfig(parsed.data);
  return {
    storage,
    model,
    ...(serviceBus !== undefined && { serviceBus }),
    documentsFolder: resolve(appFolder(), parsed.data.AOS_DOCUMENTS_FOLDER),
    reportsFolder: resolve(appFolder(), parsed.data.AOS_REPORTS_FOLDER),
  };
}

/** A setting left empty, as templates and portals do, is one that is not there. */
const withoutBlanks = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(env).filter(([, value]) => value?.trim() !== ""),
  );

const invalid = (problems: readonly Problem[]): AosError =>
  new AosError(
    "configuration_invalid",
    `The configuration is not valid. Correct these settings and start again:\n${problems
      .map(({ setting, message }) => `  ${setting} ${message}`)
      .join("\n")}`,
  );

function storageConfig(
  from: Settings,
  problems: Problem[],
): StorageConfig | undefined {
  if (from.AzureWebJobsStorage !== undefined)
    return { connectionString: from.AzureWebJobsStorage };
  const account = from.AzureWebJobsStorage__accountName;
  const endpoint = (service: string, uri: string | undefined) =>
    uri ?? (account && `https://${account}.${service}.core.windows.net`);
  const tableEndpoint = endpoint(
    "table",
    from.AzureWebJobsStorage__tableServiceUri,
  );
  const blobEndpoint = endpoint(
    "blob",
    from.AzureWebJobsStorage__blobServiceUri,
  );
  if (tableEndpoint !== undefined && blobEndpoint !== undefined)
    return { tableEndpoint, blobEndpoint };
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
  switch (providerOf(from)) {
    case "azure-openai":
      return azureOpenAi(from, timeoutMs, problems);
    case "openai":
      return openAi(from, timeoutMs, problems);
    case "offline":
      return { provider: "offline", timeoutMs };
  }
}

function providerOf(from: Settings): ModelConfig["provider"] {
  if (from.AOS_MODEL_PROVIDER !== undefined) return from.AOS_MODEL_PROVIDER;
  if (from.AZURE_OPENAI_ENDPOINT !== undefined) return "azure-openai";
  const openAi = from.OPENAI_API_KEY ?? from.OPENAI_BASE_URL;
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
