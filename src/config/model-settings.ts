import { z } from "zod";
import type { SettingProblem } from "./setting-problem";

export type ModelConfig = { readonly timeoutMs: number } & (
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

export const modelSettings = {
  AOS_MODEL_PROVIDER: z
    .enum(["azure-openai", "openai", "offline"], {
      error: "must be azure-openai, openai or offline",
    })
    .optional()
    .describe(
      "`azure-openai`, `openai` or `offline`. Default: the provider that has settings, otherwise `offline`. Required if both providers have settings.",
    ),
  AZURE_OPENAI_ENDPOINT: url.optional().describe("Endpoint of Azure OpenAI."),
  AZURE_OPENAI_API_KEY: z
    .string()
    .optional()
    .describe("Key of Azure OpenAI. Default: the app's identity."),
  AZURE_OPENAI_DEPLOYMENT: z
    .string()
    .optional()
    .describe("Deployment of Azure OpenAI."),
  AZURE_OPENAI_API_VERSION: z
    .string()
    .default("2024-10-21")
    .describe("API version of Azure OpenAI."),
  OPENAI_BASE_URL: url
    .optional()
    .describe("Base URL of an OpenAI-compatible server. Default: OpenAI."),
  OPENAI_API_KEY: z
    .string()
    .optional()
    .describe(
      "Key of OpenAI or the compatible server. Optional with `OPENAI_BASE_URL`.",
    ),
  OPENAI_MODEL: z
    .string()
    .optional()
    .describe("Model of OpenAI or the compatible server."),
  AOS_MODEL_TIMEOUT_SECONDS: z.coerce
    .number({ error: "must be a number of seconds" })
    .min(1, { error: "must be at least 1" })
    .max(1_500, { error: "must be at most 1500" })
    .default(120)
    .describe(
      "Time limit of a model call in seconds, 1 to 1500. It must be shorter than `functionTimeout`.",
    ),
};
type ModelSettings = z.output<z.ZodObject<typeof modelSettings>>;

/** Undefined when a problem was added. */
export function resolveModelConfig(
  settings: ModelSettings,
  problems: SettingProblem[],
): ModelConfig | undefined {
  const timeoutMs = settings.AOS_MODEL_TIMEOUT_SECONDS * 1000;
  const provider = chooseProvider(settings);
  switch (provider) {
    case "azure-openai":
      return resolveAzureOpenAi(settings, timeoutMs, problems);
    case "openai":
      return resolveOpenAi(settings, timeoutMs, problems);
    case "offline":
      return { provider, timeoutMs };
    case "ambiguous":
      problems.push({
        setting: "AOS_MODEL_PROVIDER",
        message:
          "is missing: settings for both azure-openai and openai are present; choose one of the providers",
      });
      return undefined;
  }
}

/** Includes incomplete configurations: an app with any model setting must not use the offline model. */
function chooseProvider(
  settings: ModelSettings,
): ModelConfig["provider"] | "ambiguous" {
  if (settings.AOS_MODEL_PROVIDER !== undefined)
    return settings.AOS_MODEL_PROVIDER;
  const azureOpenAi =
    settings.AZURE_OPENAI_ENDPOINT ??
    settings.AZURE_OPENAI_DEPLOYMENT ??
    settings.AZURE_OPENAI_API_KEY;
  const openAi =
    settings.OPENAI_API_KEY ??
    settings.OPENAI_BASE_URL ??
    settings.OPENAI_MODEL;
  if (azureOpenAi !== undefined)
    return openAi === undefined ? "azure-openai" : "ambiguous";
  return openAi === undefined ? "offline" : "openai";
}

function resolveAzureOpenAi(
  settings: ModelSettings,
  timeoutMs: number,
  problems: SettingProblem[],
): ModelConfig | undefined {
  const {
    AZURE_OPENAI_ENDPOINT: endpoint,
    AZURE_OPENAI_DEPLOYMENT: deployment,
    AZURE_OPENAI_API_KEY: apiKey,
  } = settings;
  if (endpoint === undefined || deployment === undefined) {
    problems.push(
      ...findMissing(
        settings,
        "AZURE_OPENAI_ENDPOINT",
        "AZURE_OPENAI_DEPLOYMENT",
      ),
    );
    return undefined;
  }
  return {
    provider: "azure-openai",
    endpoint,
    deployment,
    apiVersion: settings.AZURE_OPENAI_API_VERSION,
    timeoutMs,
    ...(apiKey !== undefined && { apiKey }),
  };
}

function resolveOpenAi(
  settings: ModelSettings,
  timeoutMs: number,
  problems: SettingProblem[],
): ModelConfig | undefined {
  const {
    OPENAI_BASE_URL: baseUrl,
    OPENAI_API_KEY: apiKey,
    OPENAI_MODEL: model,
  } = settings;
  // A self-hosted server may not need a key.
  const isReachable = baseUrl !== undefined || apiKey !== undefined;
  if (model === undefined || !isReachable) {
    problems.push(
      ...findMissing(settings, "OPENAI_MODEL"),
      ...(isReachable ? [] : findMissing(settings, "OPENAI_API_KEY")),
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

const findMissing = (
  settings: ModelSettings,
  ...names: readonly (keyof ModelSettings)[]
): readonly SettingProblem[] =>
  names
    .filter((name) => settings[name] === undefined)
    .map((setting) => ({
      setting,
      message: `is missing: the model provider ${chooseProvider(settings)} requires it`,
    }));
