/** Calls of models and of tools, as spans and as measures. */
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { toFailure } from "../errors";
import { content } from "./content";
import { names, providerName } from "./conventions";
import { instruments } from "./instruments";
import { inSpan } from "./span";

export interface ModelCall {
  /** Of the turn, round and attempt. */
  readonly key: string;
  readonly provider: string;
  /** Absent: the provider's default. */
  readonly model?: string;
  readonly agent: string;
  readonly conversation: string;
  readonly step: string;
  readonly attempt: number;
  readonly instructions: string;
  readonly messages: readonly unknown[];
}
interface Answered {
  readonly text: string;
  readonly toolCalls: readonly unknown[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly model: string;
}

/** What a span of a model call says from the start, so that samplers can go by it. */
export const modelAttributes = (call: ModelCall): Attributes => ({
  [names.operation]: "chat",
  [names.provider]: providerName(call.provider),
  [names.agent]: call.agent,
  [names.conversation]: call.conversation,
  [names.step]: call.step,
  [names.attempt]: call.attempt,
  [names.requestModel]: call.model ?? "default",
});

export function modelSpan<Answer extends Answered>(
  call: ModelCall,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const told = modelAttributes(call);
  const name = `chat ${call.model ?? "default"}`;
  const plan = {
    name,
    key: `chat ${call.key}`,
    kind: SpanKind.CLIENT,
    attributes: {
      ...told,
      ...content(() => ({
        [names.instructions]: call.instructions,
        [names.inputMessages]: call.messages,
      })),
    },
  };
  const measured = {
    [names.operation]: "chat",
    [names.provider]: providerName(call.provider),
    [names.requestModel]: call.model ?? "default",
    [names.agent]: call.agent,
  };
  return inSpan(plan, (span) =>
    timed(instruments().modelSeconds, measured, async () => {
      const answer = await ask();
      const { inputTokens, outputTokens, model, text, toolCalls } = answer;
      span?.setAttributes({
        [names.responseModel]: model,
        [names.inputTokens]: inputTokens,
        [names.outputTokens]: outputTokens,
        ...content(() => ({ [names.outputMessages]: [{ text, toolCalls }] })),
      });
      const { tokens } = instruments();
      tokens.record(inputTokens, { ...measured, [names.tokenType]: "input" });
      tokens.record(outputTokens, { ...measured, [names.tokenType]: "output" });
      return answer;
    }),
  );
}

export interface ToolCallPlan {
  readonly tool: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly arguments: unknown;
}

export function toolSpan<Result>(
  { tool, idempotencyKey, attempt, arguments: given }: ToolCallPlan,
  run: () => Promise<Result>,
): Promise<Result> {
  const told = { [names.operation]: "execute_tool", [names.tool]: tool };
  const plan = {
    name: `execute_tool ${tool}`,
    key: `execute_tool ${idempotencyKey} ${attempt}`,
    attributes: {
      ...told,
      [names.toolCall]: idempotencyKey,
      [names.attempt]: attempt,
      ...content(() => ({ [names.toolArguments]: given })),
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
  seconds: { record(value: number, attributes: Attributes): void },
  attributes: Attributes,
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
      ...attributes,
      ...failed,
    });
  }
}
