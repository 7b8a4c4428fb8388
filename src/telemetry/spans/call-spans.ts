/** Spans and metrics of model calls and tool calls. */
import { type Attributes, type Histogram, SpanKind } from "@opentelemetry/api";
import { toFailure } from "../../domain/errors";
import type { ModelIdentity } from "../../domain/usage";
import type {
  ChatMessage,
  LanguageModel,
  ModelResponse,
} from "../../models/language-model";
import { UnusableResponseError } from "../../models/unusable-response-error";
import {
  definedAttributes,
  attributeNames,
  toProviderName,
} from "../conventions";
import { getInstruments } from "../metrics/instruments";
import { contentAttributes } from "./content";
import { toGenAiInstructions, toGenAiMessage } from "./gen-ai-messages";
import { withSpan } from "./span";

export interface TracedModelCall extends ModelIdentity {
  /** Identifies the turn, round and attempt. */
  readonly key: string;
  readonly server: LanguageModel["server"] | undefined;
  readonly agent: string;
  readonly conversation: string;
  readonly step: string;
  readonly attempt: number;
  /** Whether the agent has an output schema. */
  readonly wantsJson: boolean;
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
}

/** The attributes of metrics, which must have few distinct values. */
const requestAttributes = ({
  provider,
  model,
  agent,
  server,
}: TracedModelCall): Attributes =>
  definedAttributes({
    [attributeNames.operation]: "chat",
    [attributeNames.provider]: toProviderName(provider),
    [attributeNames.requestModel]: model,
    [attributeNames.agent]: agent,
    [attributeNames.serverAddress]: server?.address,
    [attributeNames.serverPort]: server?.port,
  });

/** Attributes that are known when the span starts, so that samplers can use them. */
const modelCallAttributes = (call: TracedModelCall): Attributes =>
  definedAttributes({
    ...requestAttributes(call),
    [attributeNames.conversation]: call.conversation,
    [attributeNames.outputType]: call.wantsJson ? "json" : undefined,
    [attributeNames.step]: call.step,
    [attributeNames.attempt]: call.attempt,
  });

const responseAttributes = (response: ModelResponse): Attributes => ({
  ...definedAttributes({
    [attributeNames.responseId]: response.id,
    [attributeNames.responseModel]: response.model,
    [attributeNames.finishReasons]: [response.finishReason],
    [attributeNames.inputTokens]: response.inputTokens,
    [attributeNames.outputTokens]: response.outputTokens,
    [attributeNames.cachedInputTokens]: response.cachedInputTokens,
    [attributeNames.reasoningTokens]: response.reasoningTokens,
  }),
  ...contentAttributes(() => {
    const { text, toolCalls, finishReason } = response;
    const message = toGenAiMessage({ role: "assistant", text, toolCalls });
    return {
      [attributeNames.outputMessages]: [
        { ...message, finish_reason: finishReason },
      ],
    };
  }),
});

/** Records the tokens of an unusable response, too: the provider charges for them. */
export function traceModelCall(
  call: TracedModelCall,
  callModel: () => Promise<ModelResponse>,
): Promise<ModelResponse> {
  const description = {
    name: `chat ${call.model}`,
    key: `chat ${call.key}`,
    kind: SpanKind.CLIENT,
    attributes: {
      ...modelCallAttributes(call),
      ...contentAttributes(() => ({
        [attributeNames.instructions]: toGenAiInstructions(call.instructions),
        [attributeNames.inputMessages]: call.messages.map(toGenAiMessage),
      })),
    },
  };
  const metricAttributes = requestAttributes(call);
  return withSpan(description, (span) =>
    withDuration(getInstruments().modelDuration, metricAttributes, async () => {
      const record = (response: ModelResponse): void => {
        span?.setAttributes(responseAttributes(response));
        recordTokens(response, metricAttributes);
      };
      try {
        const response = await callModel();
        record(response);
        return response;
      } catch (thrown) {
        if (thrown instanceof UnusableResponseError) record(thrown.response);
        throw thrown;
      }
    }),
  );
}

function recordTokens(
  response: ModelResponse,
  metricAttributes: Attributes,
): void {
  const { tokens } = getInstruments();
  const shared = {
    ...metricAttributes,
    [attributeNames.responseModel]: response.model,
  };
  tokens.record(response.inputTokens, {
    ...shared,
    [attributeNames.tokenType]: "input",
  });
  tokens.record(response.outputTokens, {
    ...shared,
    [attributeNames.tokenType]: "output",
  });
}

export interface TracedToolCall {
  readonly tool: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly arguments: unknown;
  readonly step: string;
  /** The model's id of the call; absent for a tool step. */
  readonly callId?: string;
  readonly agent?: string;
  readonly conversation?: string;
}

const toolCallAttributes = (call: TracedToolCall): Attributes =>
  definedAttributes({
    [attributeNames.operation]: "execute_tool",
    [attributeNames.tool]: call.tool,
    // The other tool types of the conventions are executed by the provider.
    [attributeNames.toolType]: "function",
    [attributeNames.toolCall]: call.callId,
    [attributeNames.agent]: call.agent,
    [attributeNames.conversation]: call.conversation,
    [attributeNames.step]: call.step,
    [attributeNames.attempt]: call.attempt,
    [attributeNames.idempotencyKey]: call.idempotencyKey,
  });

export function traceToolCall<Result>(
  call: TracedToolCall,
  run: () => Promise<Result>,
): Promise<Result> {
  const { tool, idempotencyKey, attempt } = call;
  const description = {
    name: `execute_tool ${tool}`,
    key: `execute_tool ${idempotencyKey} ${attempt}`,
    attributes: {
      ...toolCallAttributes(call),
      ...contentAttributes(() => ({
        [attributeNames.toolArguments]: call.arguments,
      })),
    },
  };
  return withSpan(description, (span) =>
    withDuration(
      getInstruments().toolDuration,
      { [attributeNames.tool]: tool },
      async () => {
        const result = await run();
        span?.setAttributes(
          contentAttributes(() => ({ [attributeNames.toolResult]: result })),
        );
        return result;
      },
    ),
  );
}

async function withDuration<Result>(
  histogram: Pick<Histogram, "record">,
  metricAttributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  let errorAttributes: Attributes = {};
  try {
    return await work();
  } catch (thrown) {
    errorAttributes = { [attributeNames.errorType]: toFailure(thrown).code };
    throw thrown;
  } finally {
    histogram.record((performance.now() - startedAt) / 1000, {
      ...metricAttributes,
      ...errorAttributes,
    });
  }
}
