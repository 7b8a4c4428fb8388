/** Calls of models and of tools, as spans and as measures. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { toFailure } from "../../domain/errors";
import type { ModelIdentity } from "../../domain/contracts";
import { contentAttributes } from "./content";
import {
  definedAttributes,
  attributeNames,
  toProviderName,
} from "../conventions";
import { getInstruments } from "../metrics/instruments";
import {
  type RecordedMessage,
  toGenAiInstructions,
  toGenAiMessage,
} from "./gen-ai-messages";
import { withSpan } from "./span";

export interface TracedModelCall extends ModelIdentity {
  /** Of the turn, round and attempt. */
  readonly key: string;
  readonly server:
    { readonly address: string; readonly port: number } | undefined;
  readonly agent: string;
  readonly conversation: string;
  readonly step: string;
  readonly attempt: number;
  /** Whether an object was asked for, rather than whatever text. */
  readonly wantsJson: boolean;
  readonly instructions: string;
  readonly messages: readonly RecordedMessage[];
}
interface Answered {
  readonly text: string;
  readonly toolCalls: Extract<
    RecordedMessage,
    { role: "assistant" }
  >["toolCalls"];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  readonly reasoningTokens?: number;
  readonly model: string;
  readonly finishReason: string;
  readonly id?: string;
}

/** What measures go by: few values each. */
const asked = ({
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

/** What a span of a model call says from the start, so that samplers can go by it. */
export const modelCallAttributes = (call: TracedModelCall): Attributes =>
  definedAttributes({
    ...asked(call),
    [attributeNames.conversation]: call.conversation,
    [attributeNames.outputType]: call.wantsJson ? "json" : undefined,
    [attributeNames.step]: call.step,
    [attributeNames.attempt]: call.attempt,
  });

const answered = (answer: Answered): Attributes => ({
  ...definedAttributes({
    [attributeNames.responseId]: answer.id,
    [attributeNames.responseModel]: answer.model,
    [attributeNames.finishReasons]: [answer.finishReason],
    [attributeNames.inputTokens]: answer.inputTokens,
    [attributeNames.outputTokens]: answer.outputTokens,
    [attributeNames.cachedInputTokens]: answer.cachedInputTokens,
    [attributeNames.reasoningTokens]: answer.reasoningTokens,
  }),
  ...contentAttributes(() => {
    const { text, toolCalls, finishReason } = answer;
    const message = toGenAiMessage({ role: "assistant", text, toolCalls });
    return {
      [attributeNames.outputMessages]: [
        { ...message, finish_reason: finishReason },
      ],
    };
  }),
});

/** `answerIn` what a call has failed with, if it was one that had to be paid for. */
export function traceModelCall<Answer extends Answered>(
  call: TracedModelCall,
  ask: () => Promise<Answer>,
  answerIn: (thrown: unknown) => Answered | undefined,
): Promise<Answer> {
  const plan = {
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
  const measured = asked(call);
  return withSpan(plan, (span) =>
    timed(getInstruments().modelSeconds, measured, async () => {
      const tell = (answer: Answered): void => {
        span?.setAttributes(answered(answer));
        recordTokens(answer, measured);
      };
      try {
        const answer = await ask();
        tell(answer);
        return answer;
      } catch (thrown) {
        const answer = answerIn(thrown);
        if (answer !== undefined) tell(answer);
        throw thrown;
      }
    }),
  );
}

function recordTokens(answer: Answered, measured: Attributes): void {
  const { tokens } = getInstruments();
  const of = { ...measured, [attributeNames.responseModel]: answer.model };
  tokens.record(answer.inputTokens, {
    ...of,
    [attributeNames.tokenType]: "input",
  });
  tokens.record(answer.outputTokens, {
    ...of,
    [attributeNames.tokenType]: "output",
  });
}

export interface TracedToolCall {
  readonly tool: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly arguments: unknown;
  readonly step: string;
  /** What the model calls it, when one asked for it. */
  readonly callId?: string;
  readonly agent?: string;
  readonly conversation?: string;
}

export const toolCallAttributes = (call: TracedToolCall): Attributes =>
  definedAttributes({
    [attributeNames.operation]: "execute_tool",
    [attributeNames.tool]: call.tool,
    // All tools are code of the app; the conventions' other types are those that the provider runs.
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
  const plan = {
    name: `execute_tool ${tool}`,
    key: `execute_tool ${idempotencyKey} ${attempt}`,
    attributes: {
      ...toolCallAttributes(call),
      ...contentAttributes(() => ({
        [attributeNames.toolArguments]: call.arguments,
      })),
    },
  };
  return withSpan(plan, (span) =>
    timed(
      getInstruments().toolSeconds,
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

async function timed<Result>(
  seconds: { record(value: number, measured: Attributes): void },
  measured: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  let failed: Attributes = {};
  try {
    return await work();
  } catch (thrown) {
    failed = { [attributeNames.errorType]: toFailure(thrown).code };
    throw thrown;
  } finally {
    seconds.record((performance.now() - began) / 1000, {
      ...measured,
      ...failed,
    });
  }
}
