/**
 * The names of all that is told. The GenAI part is the semantic conventions for generative AI as they stood in
 * November 2026, in development: a name that changes there changes here and in bicep/modules/queries only.
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
  /** Content: told by an explicit switch only. */
  instructions: "gen_ai.system_instructions",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  toolArguments: "gen_ai.tool.call.arguments",
  toolResult: "gen_ai.tool.call.result",
  /** AOS' own. */
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

/** As the conventions name the providers; those that they do not know keep their own name. */
export const toProviderName = (provider: string): string =>
  provider === "azure-openai" ? "azure.ai.openai" : provider;

/** Attributes of what is known. */
export const definedAttributes = (
  values: Readonly<Record<string, AttributeValue | undefined>>,
): Attributes => omitUndefined(values);
