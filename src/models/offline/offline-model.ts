import { AosError } from "../../domain/errors";
import type { Json } from "../../domain/payload";
import type {
  ChatMessage,
  LanguageModel,
  ModelRequest,
  ModelResponse,
} from "../language-model";
import { minimalValue } from "./minimal-value";

/** Marks every answer, so that a reader cannot mistake it for the text of a language model. */
export const offlineNotice = "[offline model: no language model was called]";

/** The current turn as a script sees it. */
export interface OfflineTurn {
  readonly prompt: string;
  /** Tool results since the prompt, one list per round of tool calls. */
  readonly results: readonly (readonly Json[])[];
}

export interface OfflineToolCall {
  readonly tool: string;
  readonly arguments: Json;
}

/**
 * Replaces the model's reasoning for one agent. A script must be a pure function of the turn, because a retried
 * activity must get the same answer. A JSON answer carries `offlineNotice` in one of its strings.
 */
export type OfflineScript = (
  turn: OfflineTurn,
) =>
  | { readonly toolCalls: readonly OfflineToolCall[] }
  | { readonly answer: Json };

/** Scripts by agent name. */
export type OfflineScripts = Readonly<Record<string, OfflineScript>>;

const modelName = "offline";

/** Answers from scripts, without a language model and without a network. */
export const offlineModel = (scripts: OfflineScripts = {}): LanguageModel => ({
  provider: "offline",
  resolveModelName: () => modelName,
  // An executor that throws rejects the promise.
  complete: (request, signal) =>
    new Promise((resolve) => {
      if (signal.aborted)
        throw new AosError("model_unavailable", "The call was cancelled.");
      resolve(respond(request, scripts));
    }),
  check: () => Promise.resolve(),
});

function respond(
  request: ModelRequest,
  scripts: OfflineScripts,
): ModelResponse {
  const turn = currentTurn(request.messages);
  const script = Object.hasOwn(scripts, request.agent)
    ? scripts[request.agent]
    : undefined;
  const next = script?.(turn) ?? { answer: defaultAnswer(request) };
  const round = turn.results.length;
  const toolCalls =
    "toolCalls" in next
      ? next.toolCalls.map((call, index) => ({
          id: `call-${round}-${index}`,
          name: call.tool,
          arguments: call.arguments,
        }))
      : [];
  const text = "answer" in next ? toAnswerText(next.answer) : "";
  return {
    text,
    toolCalls,
    inputTokens: estimateTokens(
      request.instructions + JSON.stringify(request.messages),
    ),
    outputTokens: estimateTokens(text + JSON.stringify(toolCalls)),
    model: modelName,
    finishReason: toolCalls.length > 0 ? "tool_calls" : "stop",
  };
}

/** The last prompt and the tool results after it: the same messages always give the same turn. */
function currentTurn(messages: readonly ChatMessage[]): OfflineTurn {
  const start = messages.findLastIndex(({ role }) => role === "user");
  const question = messages[start];
  const results: Json[][] = [];
  for (const message of messages.slice(start + 1)) {
    if (message.role === "assistant" && message.toolCalls.length > 0)
      results.push([]);
    else if (message.role === "tool") results.at(-1)?.push(message.result);
  }
  return { prompt: question?.role === "user" ? question.text : "", results };
}

/** The answer of an agent without a script. */
const defaultAnswer = ({ agent, outputSchema }: ModelRequest): Json =>
  outputSchema === undefined
    ? `The agent ${agent} has no offline script. Configure a model provider, or add a script for it.`
    : minimalValue(outputSchema, offlineNotice);

const toAnswerText = (answer: Json): string =>
  typeof answer === "string"
    ? `${offlineNotice}\n\n${answer}`
    : JSON.stringify(answer);

/** Rule of thumb: four characters per token. */
const estimateTokens = (text: string): number => Math.ceil(text.length / 4);
