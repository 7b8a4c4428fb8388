import {
  AosError,
  type LanguageModel,
  type ModelRequest,
  type ModelResponse,
} from "aos-durable";

/** https://github.com/ollama/ollama/blob/main/docs/api.md */
interface ChatResponse {
  readonly model: string;
  readonly message: { readonly content: string };
  readonly done_reason: string;
  readonly prompt_eval_count: number;
  readonly eval_count: number;
}

/** Answers agents with a model of an Ollama server. It offers no tools to the model. */
export const ollamaModel = (baseUrl: URL, model: string): LanguageModel => ({
  provider: "ollama",
  server: { address: baseUrl.hostname, port: Number(baseUrl.port || 80) },
  resolveModelName: (requested) => requested ?? model,
  complete: async (request, signal) =>
    toResponse(
      await fetchJson<ChatResponse>(new URL("/api/chat", baseUrl), {
        method: "POST",
        body: JSON.stringify(toChatRequest(request, model)),
        signal,
      }),
    ),
  check: async () => {
    await fetchJson(new URL("/api/version", baseUrl));
  },
});

const toChatRequest = (request: ModelRequest, model: string) => ({
  model: request.model ?? model,
  stream: false,
  // Ollama returns JSON that satisfies this schema.
  ...(request.outputSchema !== undefined && { format: request.outputSchema }),
  messages: [
    { role: "system", content: request.instructions },
    ...request.messages.flatMap((message) =>
      message.role === "tool"
        ? []
        : [{ role: message.role, content: message.text }],
    ),
  ],
});

const toResponse = (response: ChatResponse): ModelResponse => ({
  text: response.message.content,
  toolCalls: [],
  inputTokens: response.prompt_eval_count,
  outputTokens: response.eval_count,
  model: response.model,
  finishReason: response.done_reason,
});

/** The step is retried after `model_unavailable`, but not after `model_failed`. */
async function fetchJson<Body>(url: URL, init?: RequestInit): Promise<Body> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new AosError(
      "model_unavailable",
      `Ollama does not respond at ${url.origin}. Is it running?`,
      { cause },
    );
  });
  if (response.ok) return (await response.json()) as Body;
  throw new AosError(
    response.status >= 500 ? "model_unavailable" : "model_failed",
    `Ollama responded to ${url.pathname} with ${response.status}: ${await response.text()}`,
  );
}
