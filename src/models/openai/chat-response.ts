import { z } from "zod";
import { AosError } from "../../domain/errors";
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import type { ModelResponse, ToolCall } from "../language-model";
import { UnusableResponseError } from "../unusable-response-error";

/** What AOS reads of a chat completion. Checked, because servers that call themselves compatible differ. */
const completion = z.object({
  id: z.string().nullish(),
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                id: z.string().nullish(),
                function: z.object({ name: z.string(), arguments: z.string() }),
              }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      prompt_tokens_details: z
        .object({ cached_tokens: z.number().nullish() })
        .nullish(),
      completion_tokens_details: z
        .object({ reasoning_tokens: z.number().nullish() })
        .nullish(),
    })
    .nullish(),
});
type Completion = z.output<typeof completion>;
type Choice = Completion["choices"][number];

/** Reads a completion; throws `model_failed` for what is no complete answer. `round` makes missing call ids unique. */
export function fromChatResponse(
  body: unknown,
  asked: { readonly model: string; readonly round: number },
): ModelResponse {
  const parsed = completion.safeParse(body);
  const choice = parsed.data?.choices[0];
  if (choice === undefined || !parsed.success)
    throw failed(asked.model, "sent no chat completion", parsed.error);
  const answer = {
    text: choice.message.content ?? "",
    toolCalls: toToolCalls(choice, asked.round),
    ...tokensOf(parsed.data),
    model: parsed.data.model ?? asked.model,
    finishReason: nonEmpty(choice.finish_reason) ?? "stop",
    ...omitUndefined({ id: nonEmpty(parsed.data.id) }),
  };
  const problem = problemOf(choice);
  if (problem === undefined) return answer;
  throw new UnusableResponseError(
    `The model ${asked.model} ${problem}.`,
    answer,
  );
}

const tokensOf = ({ usage }: Completion) => ({
  inputTokens: usage?.prompt_tokens ?? 0,
  outputTokens: usage?.completion_tokens ?? 0,
  ...partsOf(usage ?? {}),
});

/** Of servers that tell them. */
const partsOf = ({
  prompt_tokens_details: input,
  completion_tokens_details: output,
}: Partial<NonNullable<Completion["usage"]>>) =>
  omitUndefined({
    cachedInputTokens: input?.cached_tokens ?? undefined,
    reasoningTokens: output?.reasoning_tokens ?? undefined,
  });

function problemOf({ message, finish_reason }: Choice): string | undefined {
  const refusal = nonEmpty(message.refusal);
  if (refusal !== undefined) return `refused: ${refusal}`;
  if (finish_reason === "length")
    return "stopped at its token limit; ask for a shorter answer";
  if (finish_reason === "content_filter")
    return "was stopped by the provider's content filter";
  return undefined;
}

const toToolCalls = ({ message }: Choice, round: number): readonly ToolCall[] =>
  (message.tool_calls ?? []).map((call, at) => ({
    // Some servers send no id, or an empty one, but the id is what makes a tool call idempotent.
    id: nonEmpty(call.id) ?? `call-${round}-${at}`,
    name: call.function.name,
    arguments: parsedArguments(call.function.arguments),
  }));

const nonEmpty = (text: string | null | undefined): string | undefined =>
  text === null || text === "" ? undefined : text;

function parsedArguments(text: string): Json | undefined {
  if (text.trim() === "") return {}; // how some models call a tool that takes nothing
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // the contract's word for "not JSON"; the model is told when the tool is called
  }
}

const failed = (
  model: string,
  problem: string,
  cause?: Error,
): AosError<"model_failed"> =>
  new AosError("model_failed", `The model ${model} ${problem}.`, { cause });
