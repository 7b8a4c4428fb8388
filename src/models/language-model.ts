import type { Json } from "../domain/payload";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** Undefined when the model sent arguments that are not JSON. */
  readonly arguments: Json | undefined;
}

export type ChatMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
    }
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly name: string;
      readonly result: Json;
    };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, Json>>;
}

export interface ModelRequest {
  /** The agent's name. */
  readonly agent: string;
  /** Default: the configured model. */
  readonly model?: string;
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly outputSchema?: Readonly<Record<string, Json>>;
}

export interface ModelResponse {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The model that answered, as the provider names it. */
  readonly model: string;
  /** In the provider's terms, for example `stop` or `tool_calls`. */
  readonly finishReason: string;
  /** The provider's id of the response. */
  readonly id?: string;
  /** Input tokens that the provider read from its cache. Included in `inputTokens`. */
  readonly cachedInputTokens?: number;
  /** Output tokens that are not part of the answer. Included in `outputTokens`. */
  readonly reasoningTokens?: number;
}

/** Adapters throw `model_unavailable` when a retry may succeed and `model_failed` when it cannot. */
export interface LanguageModel {
  /** For telemetry and health, for example `openai`. */
  readonly provider: string;
  /** Absent when the model runs in this process. */
  readonly server?: { readonly address: string; readonly port: number };
  /** Returns the model or deployment to call. `requested` is undefined for an agent that does not name a model. */
  resolveModelName(requested: string | undefined): string;
  /** `signal` aborts at the time limit, AOS_MODEL_TIMEOUT_SECONDS. */
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelResponse>;
  /** Throws when the provider cannot be reached or refuses access. Uses no tokens. */
  check(): Promise<void>;
}
