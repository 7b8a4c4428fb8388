import { z } from "zod";
import { AosError } from "../../domain/errors";
import type { Json } from "../../domain/payload";
import { omitUndefined } from "../../domain/omit-undefined";
import type { ModelResponse, ToolCall } from "../language-model";
import { UnusableResponseError } from "../unusable-response-error";

/** The fields that AOS reads. Validated, because compatible servers differ in detail. */
const completionSchema = z.object({
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
type Completion = z.output<typeof completionSchema>;
type Choice = Completion["choices"][number];

/** Throws `model_failed` when the body is not a complete answer. `round` makes generated call ids unique. */
export function fromChatResponse(
  body: unknown,
  call: { readonly model: string; readonly round: number },
): ModelResponse {
  const parsed = completionSchema.safeParse(body);
  const choice = parsed.data?.choices[0];
  if (choice === undefined || !parsed.success)
    throw modelFailed(
      call.model,
      "did not return a chat completion",
      parsed.error,
    );
  const response = {
    text: choice.message.content ?? "",
    toolCalls: toToolCalls(choice, call.round),
    ...readTokenCounts(parsed.data),
    model: parsed.data.model ?? call.model,
    finishReason: nonEmpty(choice.finish_reason) ?? "stop",
    ...omitUndefined({ id: nonEmpty(parsed.data.id) }),
  };
  const problem = findProblem(choice);
  if (problem === undefined) return response;
  throw new UnusableResponseError(
    `The model ${call.model} ${problem}.`,
    response,
  );
}

const readTokenCounts = ({ usage }: Completion) => ({
  inputTokens: usage?.prompt_tokens ?? 0,
  outputTokens: usage?.completion_tokens ?? 0,
  ...readTokenDetails(usage ?? {}),
});

/** Not every server sends them. */
const readTokenDetails = ({
  prompt_tokens_details: input,
  completion_tokens_details: output,
}: Partial<NonNullable<Completion["usage"]>>) =>
  omitUndefined({
    cachedInputTokens: input?.cached_tokens ?? undefined,
    reasoningTokens: output?.reasoning_tokens ?? undefined,
  });

function findProblem({ message, finish_reason }: Choice): string | undefined {
  const refusal = nonEmpty(message.refusal);
  if (refusal !== undefined) return `refused to answer: ${refusal}`;
  if (finish_reason === "length")
    return "stopped at its token limit; ask for a shorter answer";
  if (finish_reason === "content_filter")
    return "was stopped by the provider's content filter";
  return undefined;
}

const toToolCalls = ({ message }: Choice, round: number): readonly ToolCall[] =>
  (message.tool_calls ?? []).map((call, index) => ({
    // Some servers send no id or an empty one, but a tool call needs a unique id to be idempotent.
    id: nonEmpty(call.id) ?? `call-${round}-${index}`,
    name: call.function.name,
    arguments: parseArguments(call.function.arguments),
  }));

const nonEmpty = (text: string | null | undefined): string | undefined =>
  text === null || text === "" ? undefined : text;

function parseArguments(text: string): Json | undefined {
  if (text.trim() === "") return {}; // Some models send no text for a tool without parameters.
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // Reported to the model when the tool is called.
  }
}

const modelFailed = (
  model: string,
  problem: string,
  cause?: Error,
): AosError<"model_failed"> =>
  new AosError("model_failed", `The model ${model} ${problem}.`, { cause });
