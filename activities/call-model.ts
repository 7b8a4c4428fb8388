import type { ChatMessage } from "../src/models/language-model";
import { parseAgentOutput } from "../src/models/agent-output";
import { toToolSpec } from "../src/tools/run-tool";
import { UnusableResponseError } from "../src/models/unusable-response-error";
import { AosError } from "../src/domain/errors";
import type { Storage, TranscriptMessage } from "../src/storage/ports";
import type { CallModelInput, CallModelOutput } from "../src/domain/contracts";
import { createEvent } from "../src/domain/history/create-event";
import type { Json } from "../src/domain/payload";
import { noUsage } from "../src/domain/usage";
import { traceModelCall } from "../src/telemetry/spans/call-spans";
import { dropUnansweredToolCalls } from "./drop-unanswered-tool-calls";
import { loadAndRender } from "./load-scope";
import type { ActivityDependencies } from "./activity-dependencies";
import {
  type AssistantMessage,
  assistantKey,
  findAssistant,
  fromTranscriptMessage,
  promptKey,
  readTranscript,
  readTurn,
  type TranscriptEntry,
  toTranscriptMessage,
} from "./transcript";

type Answer = TranscriptEntry<AssistantMessage>;

/**
 * Asks the model once for each turn and round: what it said is recorded in the transcript before anybody acts on it,
 * and whoever asks again, after a crash or beside a slow first attempt, is given that.
 */
export const callModel =
  (services: ActivityDependencies) =>
  async (input: CallModelInput): Promise<CallModelOutput> => {
    const storage = services.storage();
    const transcript = await readTranscript(storage.transcripts, input.turn);
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
  services: ActivityDependencies,
  storage: Storage,
): Promise<Answer> {
  const prompt = await newPrompt(input, transcript, storage);
  const before = transcript.map((each) => fromTranscriptMessage(each).message);
  const messages = dropUnansweredToolCalls([...before, ...prompt]);
  const answer = await complete(input, messages, services);
  // An answer that is of no use is not recorded, so that asking again is not given it.
  if (answer.message.toolCalls.length === 0)
    parseAgentOutput(input.agent, answer.message.text);
  return record(input, prompt, answer, storage);
}

/** The prompt of a turn that begins; in later rounds it is part of the transcript. */
async function newPrompt(
  { turn, prompt, scope }: CallModelInput,
  transcript: readonly TranscriptMessage[],
  { payloads }: Storage,
): Promise<readonly ChatMessage[]> {
  if (transcript.some(({ key }) => key === promptKey(turn.turn))) return [];
  const rendered = await loadAndRender(prompt, scope, payloads);
  return [{ role: "user", text: asText(rendered) }];
}

const asText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

async function complete(
  { agent, at, attempt, round, turn }: CallModelInput,
  messages: readonly ChatMessage[],
  { model, tools }: ActivityDependencies,
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
  const asked = { provider, model: model().resolveModelName(agent.model) };
  const response = await traceModelCall(
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
    (thrown) =>
      thrown instanceof UnusableResponseError ? thrown.response : undefined,
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
      toTranscriptMessage(promptKey(turn.turn), turn.turn, {
        message,
        at,
        attempt,
        usage: noUsage,
      }),
    ),
    toTranscriptMessage(key, turn.turn, answer),
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
  createEvent({
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
  const output = parseAgentOutput(agent, message.text);
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
