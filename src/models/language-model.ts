import type { OfflineScript } from "../domain/agent";
import type { Json } from "../domain/payload";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed; `undefined` when the model wrote something that is not JSON. */
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
  /** The agent's model, or the configured default when absent. */
  readonly model?: string;
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly outputSchema?: Readonly<Record<string, Json>>;
  readonly offline?: OfflineScript;
}

export interface ModelResponse {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The model that answered, as the provider names it. */
  readonly model: string;
  /** Why it stopped, in the provider's word: `stop`, `tool_calls`. */
  readonly finishReason: string;
  /** What the provider calls this answer. */
  readonly id?: string;
  /** Of the input tokens, those that the provider had read before. */
  readonly cachedInputTokens?: number;
  /** Of the output tokens, those that are not part of the answer. */
  readonly reasoningTokens?: number;
}

/** A language model. Adapters throw `model_unavailable` when asking again may help and `model_failed` when not. */
export interface LanguageModel {
  /** For telemetry and health, for example `openai`. */
  readonly provider: string;
  /** Where it is asked; absent when it is in this process. */
  readonly server?: { readonly address: string; readonly port: number };
  /** The model or deployment that is asked for an agent that wants this one, or none in particular. */
  resolveModelName(wanted: string | undefined): string;
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelResponse>;
  /** Throws when the provider cannot be reached or does not let us in. Uses no tokens. */
  check(): Promise<void>;
}
