/**
 * Names of attributes and metrics. The `gen_ai` names follow the semantic conventions for generative AI of November 2026,
 * which are in development. A name that changes here must also change in bicep/modules/queries.
 * https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai
 */
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { omitUndefined } from "../domain/omit-undefined";

export const attributeNames = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  outputType: "gen_ai.output.type",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  responseId: "gen_ai.response.id",
  finishReasons: "gen_ai.response.finish_reasons",
  agent: "gen_ai.agent.name",
  conversation: "gen_ai.conversation.id",
  tool: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  toolCall: "gen_ai.tool.call.id",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cachedInputTokens: "gen_ai.usage.cache_read.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  tokenType: "gen_ai.token.type",
  serverAddress: "server.address",
  serverPort: "server.port",
  errorType: "error.type",
  /** Content: recorded only with `AOS_TELEMETRY_CONTENT`. */
  instructions: "gen_ai.system_instructions",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  toolArguments: "gen_ai.tool.call.arguments",
  toolResult: "gen_ai.tool.call.result",
  /** Specific to AOS. */
  orchestration: "aos.orchestration.id",
  step: "aos.step.id",
  attempt: "aos.attempt",
  activity: "aos.activity.name",
  idempotencyKey: "aos.tool.idempotency_key",
  workflow: "aos.workflow.name",
  startedBy: "aos.start.by",
  takeoverReason: "aos.claim.takeover.reason",
} as const;

export const metricNames = {
  tokens: "gen_ai.client.token.usage",
  modelDuration: "gen_ai.client.operation.duration",
  turns: "aos.turns",
  toolDuration: "aos.tool.duration",
  starts: "aos.orchestration.starts",
  failures: "aos.orchestration.failures",
  takeovers: "aos.claim.takeovers",
} as const;

/** Maps a provider to its name in the conventions. */
export const toProviderName = (provider: string): string =>
  provider === "azure-openai" ? "azure.ai.openai" : provider;

export const definedAttributes = (
  values: Readonly<Record<string, AttributeValue | undefined>>,
): Attributes => omitUndefined(values);
