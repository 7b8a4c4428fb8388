import { AosError } from "../../domain/errors";
import type { OfflineScript } from "../../domain/agent";
import { renderTemplate } from "../../domain/expression/template";
import type {
  LanguageModel,
  ModelRequest,
  ModelResponse,
  ToolCall,
} from "../language-model";
import { answerJson } from "./minimal-value";
import { answerText, type Wanted } from "../../catalog/offline/answer-text";
import { materialOf } from "../../catalog/offline/material";
import { askedWords } from "../../catalog/offline/rank";
import { type OfflineTurn, turnOf } from "./turn";

const name = "offline";
const defaultSentences = 3;

/** Runs agents without a language model and without a network: follows their script, then quotes what it was given. */
export const offlineModel = (): LanguageModel => ({
  provider: "offline",
  resolveModelName: () => name,
  // A promise's own function, so that what is thrown is a rejection, as with any other model.
  complete: (request, signal) =>
    new Promise((resolve) => {
      if (signal.aborted)
        throw new AosError(
          "model_unavailable",
          `The model ${name} was cancelled.`,
        );
      resolve(answered(request));
    }),
  check: () => Promise.resolve(),
});

/** A pure function of the request. */
function answered(request: ModelRequest): ModelResponse {
  const turn = turnOf(request.messages);
  const toolCalls = nextCalls(request.offline?.rounds ?? [], turn);
  const text = toolCalls.length > 0 ? "" : answerOf(request, turn);
  return {
    text,
    toolCalls,
    inputTokens: tokens(
      request.instructions + JSON.stringify(request.messages),
    ),
    outputTokens: tokens(text + JSON.stringify(toolCalls)),
    model: name,
    finishReason: toolCalls.length > 0 ? "tool_calls" : "stop",
  };
}

function nextCalls(
  rounds: NonNullable<OfflineScript["rounds"]>,
  { prompt, results }: OfflineTurn,
): readonly ToolCall[] {
  const round = results.length;
  const bindings = { prompt, lines: prompt.split("\n"), results };
  return (rounds[round] ?? []).map((call, at) => ({
    id: `call-${round}-${at}`,
    name: call.tool,
    arguments: renderTemplate(call.arguments, bindings),
  }));
}

function answerOf(request: ModelRequest, turn: OfflineTurn): string {
  const results = turn.results.flat();
  const material = materialOf(turn.prompt, results);
  const wanted: Wanted = {
    interest: {
      about: request.offline?.about ?? [],
      // A prompt that is itself the material would find all of its own words.
      asked: results.length > 0 ? askedWords(turn.prompt) : [],
    },
    count: request.offline?.sentences ?? defaultSentences,
  };
  return request.outputSchema === undefined
    ? answerText(material, wanted)
    : JSON.stringify(answerJson(request.outputSchema, material, wanted));
}

/** The usual rule of thumb: four characters. */
const tokens = (text: string): number => Math.ceil(text.length / 4);
