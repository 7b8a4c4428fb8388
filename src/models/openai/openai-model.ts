import {
  DefaultAzureCredential,
  getBearerTokenProvider,
} from "@azure/identity";
import OpenAI, { AzureOpenAI, NotFoundError, RateLimitError } from "openai";
import { AosError, toErrorMessage } from "../../domain/errors";
import type { LanguageModel } from "../language-model";
import { toChatRequest } from "./chat-request";
import { fromChatResponse } from "./chat-response";
import { toModelError } from "./model-error";

export interface AzureOpenAiOptions {
  /** The resource, for example `https://my-resource.openai.azure.com`. */
  readonly endpoint: string;
  /** The deployment for agents that do not name one. */
  readonly deployment: string;
  /** Absent: Entra ID with `DefaultAzureCredential`. */
  readonly apiKey?: string;
  readonly apiVersion: string;
}

export interface OpenAiOptions {
  /** The model for agents that do not name one. */
  readonly model: string;
  /** Any server with the chat completions API. Default: OpenAI. */
  readonly baseUrl?: string;
  /** Local servers often need none. */
  readonly apiKey?: string;
}

const entraScope = "https://cognitiveservices.azure.com/.default";
const checkTimeoutMs = 10_000;

export function azureOpenAiModel(options: AzureOpenAiOptions): LanguageModel {
  const client = new AzureOpenAI({
    // Not `endpoint`: the client refuses it when the environment sets OPENAI_BASE_URL.
    baseURL: `${removeTrailingSlashes(options.endpoint)}/openai`,
    apiVersion: options.apiVersion,
    ...(options.apiKey === undefined
      ? { azureADTokenProvider: createTokenProvider() }
      : { apiKey: options.apiKey }),
    ...clientOptions,
  });
  return chatModel("azure-openai", client, options.deployment);
}

export function openAiModel(options: OpenAiOptions): LanguageModel {
  const client = new OpenAI({
    baseURL: removeTrailingSlashes(
      options.baseUrl ?? "https://api.openai.com/v1",
    ),
    // The client requires a key, even where the server does not.
    apiKey: options.apiKey ?? "none",
    ...clientOptions,
  });
  return chatModel("openai", client, options.model);
}

const clientOptions = {
  // Longer than any AOS_MODEL_TIMEOUT_SECONDS: the signal of the call is the time limit.
  timeout: 1_800_000,
  maxRetries: 0, // The retry policy of the activity applies.
};

const chatModel = (
  provider: "azure-openai" | "openai",
  client: OpenAI,
  defaultModel: string,
): LanguageModel => ({
  provider,
  server: parseServer(client.baseURL),
  resolveModelName: (requested) => requested ?? defaultModel,
  async complete(request, signal) {
    const model = request.model ?? defaultModel;
    try {
      const response = await client.chat.completions.create(
        toChatRequest(request, model),
        { signal },
      );
      const round = request.messages.filter(
        ({ role }) => role === "assistant",
      ).length;
      return fromChatResponse(response, { model, round });
    } catch (thrown) {
      throw toModelError(thrown, model);
    }
  },
  check: () => checkModelList(client, provider, defaultModel),
});

function parseServer(baseUrl: string): NonNullable<LanguageModel["server"]> {
  const { hostname, port, protocol } = new URL(baseUrl);
  const defaultPort = protocol === "http:" ? 80 : 443;
  return { address: hostname, port: port === "" ? defaultPort : Number(port) };
}

/** The identity library caches and renews the tokens. */
function createTokenProvider(): () => Promise<string> {
  const getToken = getBearerTokenProvider(
    new DefaultAzureCredential(),
    entraScope,
  );
  return async () => {
    try {
      return await getToken();
    } catch (cause) {
      // Retryable: identity endpoints are sometimes unreachable, mostly while an instance starts.
      throw new AosError(
        "model_unavailable",
        `Could not get an Entra ID token for Azure OpenAI. Sign in, or give the app an identity or an API key: ${toErrorMessage(cause)}`,
        { cause },
      );
    }
  };
}

const removeTrailingSlashes = (url: string): string => url.replace(/\/+$/, "");

/** Listing models needs the same permissions as a model call and uses no tokens. */
async function checkModelList(
  client: OpenAI,
  provider: LanguageModel["provider"],
  model: string,
): Promise<void> {
  try {
    const signal = AbortSignal.timeout(checkTimeoutMs);
    await client.models.list({ signal });
  } catch (thrown) {
    // A throttled client is authorized. A self-hosted server may have no list of models.
    const isReachable =
      thrown instanceof RateLimitError ||
      (thrown instanceof NotFoundError && provider === "openai");
    if (!isReachable) throw toModelError(thrown, model);
  }
}
