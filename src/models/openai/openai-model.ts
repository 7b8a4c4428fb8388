import {
  DefaultAzureCredential,
  getBearerTokenProvider,
} from "@azure/identity";
import OpenAI, { AzureOpenAI, NotFoundError, RateLimitError } from "openai";
import { AosError } from "../../domain/errors";
import type { LanguageModel, ModelRequest } from "../language-model";
import { toChatRequest } from "./chat-request";
import { fromChatResponse } from "./chat-response";
import { toModelError } from "./model-error";

export interface AzureOpenAiOptions {
  /** The resource, for example `https://my-resource.openai.azure.com`. */
  readonly endpoint: string;
  /** The deployment of agents that name none. */
  readonly deployment: string;
  /** Entra ID (`DefaultAzureCredential`) when absent. */
  readonly apiKey?: string;
  /** Default `2024-10-21`. */
  readonly apiVersion?: string;
  /** Default two minutes. */
  readonly timeoutMs?: number;
}

export interface OpenAiOptions {
  /** The model of agents that name none. */
  readonly model: string;
  /** Any server that speaks the chat completions protocol; default OpenAI's own. */
  readonly baseUrl?: string;
  /** Local servers often want none. */
  readonly apiKey?: string;
  /** Default two minutes. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;
/** The newest version of the API that is not a preview. */
const defaultApiVersion = "2024-10-21";
const entraScope = "https://cognitiveservices.azure.com/.default";

/** Models deployed in Azure OpenAI. */
export function azureOpenAiModel(options: AzureOpenAiOptions): LanguageModel {
  const client = new AzureOpenAI({
    // Not `endpoint`: the client refuses it when the environment holds an OPENAI_BASE_URL.
    baseURL: `${withoutTrailingSlash(options.endpoint)}/openai`,
    apiVersion: options.apiVersion ?? defaultApiVersion,
    ...(options.apiKey === undefined
      ? { azureADTokenProvider: entraToken() }
      : { apiKey: options.apiKey }),
    ...clientOptions(options),
  });
  return chatModel("azure-openai", client, options.deployment, options);
}

/** OpenAI's models, or those of any server that speaks its protocol. */
export function openAiModel(options: OpenAiOptions): LanguageModel {
  const client = new OpenAI({
    baseURL: withoutTrailingSlash(
      options.baseUrl ?? "https://api.openai.com/v1",
    ),
    // The client insists on a key, even where the server does not.
    apiKey: options.apiKey ?? "none",
    ...clientOptions(options),
  });
  return chatModel("openai", client, options.model, options);
}

interface Timing {
  readonly timeoutMs?: number;
}

const clientOptions = ({ timeoutMs = defaultTimeoutMs }: Timing) => ({
  timeout: timeoutMs,
  maxRetries: 0, // the activity's retry policy covers it
});

const chatModel = (
  provider: LanguageModel["provider"],
  client: OpenAI,
  defaultModel: string,
  { timeoutMs = defaultTimeoutMs }: Timing,
): LanguageModel => ({
  provider,
  server: serverOf(client.baseURL),
  resolveModelName: (wanted) => wanted ?? defaultModel,
  async complete(request, signal) {
    const model = request.model ?? defaultModel;
    // The client's own timeout ends with the headers; a body may stall as well.
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const body = toChatRequest(request, model);
      const answer = await client.chat.completions.create(body, {
        signal: inTime,
      });
      return fromChatResponse(answer, { model, round: roundOf(request) });
    } catch (thrown) {
      throw toModelError(thrown, model);
    }
  },
  check: () => checkModels(client, provider, defaultModel),
});

function serverOf(baseUrl: string): NonNullable<LanguageModel["server"]> {
  const { hostname, port, protocol } = new URL(baseUrl);
  const usual = protocol === "http:" ? 80 : 443;
  return { address: hostname, port: port === "" ? usual : Number(port) };
}

const roundOf = (request: ModelRequest): number =>
  request.messages.filter((message) => message.role === "assistant").length;

/** Tokens from Entra ID, cached and renewed by the identity library. */
function entraToken(): () => Promise<string> {
  const token = getBearerTokenProvider(
    new DefaultAzureCredential(),
    entraScope,
  );
  return async () => {
    try {
      return await token();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      // Identity endpoints are unreachable now and then, above all while an instance starts.
      throw new AosError(
        "model_unavailable",
        `No Entra ID token for Azure OpenAI; sign in, or give the app an identity or a key: ${reason}`,
        { cause },
      );
    }
  };
}

const withoutTrailingSlash = (url: string): string => url.replace(/\/+$/, "");

/** Longer than anybody waits for an answer about it. */
const checkMs = 10_000;

/** The list of models asks for the same rights as a call does, and costs nothing. */
async function checkModels(
  client: OpenAI,
  provider: LanguageModel["provider"],
  model: string,
): Promise<void> {
  try {
    await client.models.list({ signal: AbortSignal.timeout(checkMs) });
  } catch (thrown) {
    // A server of one's own need not have the list; too many requests come from who may ask.
    const answersAllTheSame =
      thrown instanceof RateLimitError ||
      (thrown instanceof NotFoundError && provider === "openai");
    if (!answersAllTheSame) throw toModelError(thrown, model);
  }
}
