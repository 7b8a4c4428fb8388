import type { ChatMessage } from "../src/agents/model";
import { toOutput } from "../src/agents/output";
import { toToolSpec } from "../src/agents/tool-runner";
import { UnusableAnswer } from "../src/agents/unusable-answer";
import { AosError } from "../src/errors";
import type { Storage, TranscriptMessage } from "../src/history/ports";
import type { CallModelInput, CallModelOutput } from "../src/model/contracts";
import { historyRow } from "../src/model/history-rows";
import type { Json } from "../src/model/payload";
import { noUsage } from "../src/model/usage";
import { modelSpan } from "../src/telemetry/calls";
import { conversationOf } from "./conversation";
import { renderLoaded } from "./load-scope";
import type { Services } from "./services";
import {
  type AssistantMessage,
  assistantKey,
  findAssistant,
  fromTranscript,
  promptKey,
  readConversation,
  readTurn,
  type Recorded,
  toTranscript,
} from "./transcript";

type Answer = Recorded<AssistantMessage>;

/**
 * Asks the model once for each turn and round: what it said is recorded in the transcript before anybody acts on it,
 * and whoever asks again, after a crash or beside a slow first attempt, is given that.
 */
export const callModel =
  (services: Services) =>
  async (input: CallModelInput): Promise<CallModelOutput> => {
    const storage = services.storage();
    const transcript = await readConversation(storage.transcripts, input.turn);
    const key = assistantKey(input.turn.turn, input.round);
    const answer =
      findAssistant(transcript, key) ??
      (await ask(input, transcript, services, storage));
    await storage.history.append(input.turn.orchestrationId, [
      toRow(input, answer),
    ]);
    return toResult(input, answer, storage);
  };

async function ask(
  input: CallModelInput,
  transcript: readonly TranscriptMessage[],
  services: Services,
  storage: Storage,
): Promise<Answer> {
  const prompt = await newPrompt(input, transcript, storage);
  const before = transcript.map((each) => fromTranscript(each).message);
  const messages = conversationOf([...before, ...prompt]);
  const answer = await complete(input, messages, services);
  // An answer that is of no use is not recorded, so that asking again is not given it.
  if (answer.message.toolCalls.length === 0)
    toOutput(input.agent, answer.message.text);
  return record(input, prompt, answer, storage);
}

/** The prompt of a turn that begins; in later rounds it is part of the transcript. */
async function newPrompt(
  { turn, prompt, scope }: CallModelInput,
  transcript: readonly TranscriptMessage[],
  { payloads }: Storage,
): Promise<readonly ChatMessage[]> {
  if (transcript.some(({ key }) => key === promptKey(turn.turn))) return [];
  const rendered = await renderLoaded(prompt, scope, payloads);
  return [{ role: "user", text: asText(rendered) }];
}

const asText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

async function complete(
  { agent, at, attempt, round, turn }: CallModelInput,
  messages: readonly ChatMessage[],
  { model, tools }: Services,
): Promise<Answer> {
  const specs = (agent.tools ?? []).map((name) => {
    const tool = tools.get(name);
    if (tool === undefined) throw noSuchTool(agent.name, name);
    return toToolSpec(tool);
  });
  const request = {
    instructions: agent.instructions,
    messages,
    tools: specs,
    ...(agent.model !== undefined && { model: agent.model }),
    ...(agent.outputSchema !== undefined && {
      outputSchema: agent.outputSchema,
    }),
    ...(agent.offline !== undefined && { offline: agent.offline }),
  };
  const { orchestrationId, stepId: step } = turn;
  const { provider, server } = model();
  const asked = { provider, model: model().nameFor(agent.model) };
  const response = await modelSpan(
    {
      ...asked,
      key: `${orchestrationId}/${step}/${turn.turn}/${round}/${attempt}`,
      agent: agent.name,
      conversation: turn.sessionKey,
      step,
      attempt,
      instructions: agent.instructions,
      messages,
      wantsJson: agent.outputSchema !== undefined,
      server,
    },
    () => model().complete(request, new AbortController().signal),
    (thrown) => (thrown instanceof UnusableAnswer ? thrown.answer : undefined),
  );
  const { text, toolCalls, inputTokens, outputTokens } = response;
  return {
    message: { role: "assistant", text, toolCalls },
    at,
    attempt,
    usage: { inputTokens, outputTokens, modelCalls: 1, toolCalls: 0 },
    model: response.model,
    asked,
  };
}

/** Prompt and answer at once, so that neither is there without the other; of two answers the first one counts. */
async function record(
  { turn, round, at, attempt }: CallModelInput,
  prompt: readonly ChatMessage[],
  answer: Answer,
  { transcripts }: Storage,
): Promise<Answer> {
  const key = assistantKey(turn.turn, round);
  const isFirst = await transcripts.append(turn.sessionKey, [
    ...prompt.map((message) =>
      toTranscript(promptKey(turn.turn), turn.turn, {
        message,
        at,
        attempt,
        usage: noUsage,
      }),
    ),
    toTranscript(key, turn.turn, answer),
  ]);
  if (isFirst) return answer;
  const earlier = findAssistant(await readTurn(transcripts, turn), key);
  if (earlier !== undefined) return earlier;
  throw new AosError(
    "internal_error",
    `Turn ${turn.turn} of session "${turn.sessionKey}" was recorded by another attempt and cannot be read.`,
  );
}

/** Built of what was recorded, so that every attempt writes the same row. */
const toRow = (
  { turn, round, agent }: CallModelInput,
  { message, at, attempt, usage, model, asked }: Answer,
) =>
  historyRow({
    type: "model.called",
    at,
    stepId: turn.stepId,
    attempt,
    discriminator: `${turn.turn}-${round}`,
    data: {
      agent: agent.name,
      turn: turn.turn,
      round,
      ...(asked !== undefined && { provider: asked.provider }),
      ...(model !== undefined && { model }),
      toolCalls: message.toolCalls.map(({ id, name }) => ({ id, name })),
      usage: { ...usage },
    },
  });

async function toResult(
  { agent, turn }: CallModelInput,
  { message, usage, asked }: Answer,
  { payloads }: Storage,
): Promise<CallModelOutput> {
  const cost = { usage, ...(asked !== undefined && { asked }) };
  const toolCalls = message.toolCalls.map(({ id, name }) => ({ id, name }));
  if (toolCalls.length > 0) return { toolCalls, ...cost };
  const output = toOutput(agent, message.text);
  return {
    toolCalls,
    output: await payloads.put(turn.orchestrationId, output),
    ...cost,
  };
}

const noSuchTool = (agent: string, tool: string): AosError =>
  new AosError(
    "tool_not_found",
    `Agent "${agent}" may call the tool "${tool}", which this app does not have. Add it to the catalog again, or start anew without it.`,
  );
