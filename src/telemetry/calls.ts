/** Calls of models and of tools, as spans and as measures. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { toFailure } from "../errors";
import type { AskedModel } from "../model/contracts";
import { content } from "./content";
import { attributes, names, providerName } from "./conventions";
import { instruments } from "./instruments";
import { type Said, toInstructions, toMessage } from "./messages";
import { inSpan } from "./span";

export interface ModelCall extends AskedModel {
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
  readonly messages: readonly Said[];
}
interface Answered {
  readonly text: string;
  readonly toolCalls: Extract<Said, { role: "assistant" }>["toolCalls"];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  readonly reasoningTokens?: number;
  readonly model: string;
  readonly finishReason: string;
  readonly id?: string;
}

/** What measures go by: few values each. */
const asked = ({ provider, model, agent, server }: ModelCall): Attributes =>
  attributes({
    [names.operation]: "chat",
    [names.provider]: providerName(provider),
    [names.requestModel]: model,
    [names.agent]: agent,
    [names.serverAddress]: server?.address,
    [names.serverPort]: server?.port,
  });

/** What a span of a model call says from the start, so that samplers can go by it. */
export const modelAttributes = (call: ModelCall): Attributes =>
  attributes({
    ...asked(call),
    [names.conversation]: call.conversation,
    [names.outputType]: call.wantsJson ? "json" : undefined,
    [names.step]: call.step,
    [names.attempt]: call.attempt,
  });

const answered = (answer: Answered): Attributes => ({
  ...attributes({
    [names.responseId]: answer.id,
    [names.responseModel]: answer.model,
    [names.finishReasons]: [answer.finishReason],
    [names.inputTokens]: answer.inputTokens,
    [names.outputTokens]: answer.outputTokens,
    [names.cachedInputTokens]: answer.cachedInputTokens,
    [names.reasoningTokens]: answer.reasoningTokens,
  }),
  ...content(() => {
    const { text, toolCalls, finishReason } = answer;
    const message = toMessage({ role: "assistant", text, toolCalls });
    return {
      [names.outputMessages]: [{ ...message, finish_reason: finishReason }],
    };
  }),
});

/** `answerIn` what a call has failed with, if it was one that had to be paid for. */
export function modelSpan<Answer extends Answered>(
  call: ModelCall,
  ask: () => Promise<Answer>,
  answerIn: (thrown: unknown) => Answered | undefined,
): Promise<Answer> {
  const plan = {
    name: `chat ${call.model}`,
    key: `chat ${call.key}`,
    kind: SpanKind.CLIENT,
    attributes: {
      ...modelAttributes(call),
      ...content(() => ({
        [names.instructions]: toInstructions(call.instructions),
        [names.inputMessages]: call.messages.map(toMessage),
      })),
    },
  };
  const measured = asked(call);
  return inSpan(plan, (span) =>
    timed(instruments().modelSeconds, measured, async () => {
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
  const { tokens } = instruments();
  const of = { ...measured, [names.responseModel]: answer.model };
  tokens.record(answer.inputTokens, { ...of, [names.tokenType]: "input" });
  tokens.record(answer.outputTokens, { ...of, [names.tokenType]: "output" });
}

export interface ToolCallPlan {
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

export const toolAttributes = (call: ToolCallPlan): Attributes =>
  attributes({
    [names.operation]: "execute_tool",
    [names.tool]: call.tool,
    // All tools are code of the app; the conventions' other types are those that the provider runs.
    [names.toolType]: "function",
    [names.toolCall]: call.callId,
    [names.agent]: call.agent,
    [names.conversation]: call.conversation,
    [names.step]: call.step,
    [names.attempt]: call.attempt,
    [names.idempotencyKey]: call.idempotencyKey,
  });

export function toolSpan<Result>(
  call: ToolCallPlan,
  run: () => Promise<Result>,
): Promise<Result> {
  const { tool, idempotencyKey, attempt } = call;
  const plan = {
    name: `execute_tool ${tool}`,
    key: `execute_tool ${idempotencyKey} ${attempt}`,
    attributes: {
      ...toolAttributes(call),
      ...content(() => ({ [names.toolArguments]: call.arguments })),
    },
  };
  return inSpan(plan, (span) =>
    timed(instruments().toolSeconds, { [names.tool]: tool }, async () => {
      const result = await run();
      span?.setAttributes(content(() => ({ [names.toolResult]: result })));
      return result;
    }),
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
    failed = { [names.errorType]: toFailure(thrown).code };
    throw thrown;
  } finally {
    seconds.record((performance.now() - began) / 1000, {
      ...measured,
      ...failed,
    });
  }
}
