/** The settings of the model, a part of those in `config.ts`. */
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
};
type Settings = z.output<z.ZodObject<typeof modelSettings>>;

/** Adds to `problems` what contradicts itself or is missing; undefined then. */
export function resolveModelConfig(
  from: Settings,
  problems: SettingProblem[],
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
  problems: SettingProblem[],
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
  problems: SettingProblem[],
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
  ...names: readonly (keyof Settings)[]
): readonly SettingProblem[] =>
  names
    .filter((name) => from[name] === undefined)
    .map((setting) => ({
      setting,
      message: `is missing: the model provider ${providerOf(from)} needs it`,
    }));
