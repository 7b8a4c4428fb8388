import type { CallModelInput, CallModelOutput } from "../src/domain/contracts";
import { AosError } from "../src/domain/errors";
import { createEvent } from "../src/domain/history/create-event";
import type { OrchestrationEvent } from "../src/domain/history/orchestration-history";
import { toText } from "../src/domain/json";
import { noUsage } from "../src/domain/usage";
import { parseAgentOutput } from "../src/models/agent-output";
import type { ChatMessage } from "../src/models/language-model";
import type { Storage, TranscriptMessage } from "../src/storage/ports";
import { traceModelCall } from "../src/telemetry/spans/call-spans";
import { toToolSpec } from "../src/tools/run-tool";
import type { ActivityDependencies } from "./activity-dependencies";
import { dropUnansweredToolCalls } from "./drop-unanswered-tool-calls";
import { loadAndRender } from "../src/storage/load-scope";
import { findTool } from "./tools/find-tool";
import {
  type AssistantMessage,
  assistantKey,
  findAssistant,
  fromTranscriptMessage,
  promptKey,
  readTranscript,
  readTurn,
  toTranscriptMessage,
  type TranscriptEntry,
} from "./transcript";

type AssistantEntry = TranscriptEntry<AssistantMessage>;

/**
 * Calls the model once per turn and round. The response is recorded in the transcript before it is returned. A later or
 * concurrent attempt returns the recorded response.
 */
export const callModel =
  (dependencies: ActivityDependencies) =>
  async (input: CallModelInput): Promise<CallModelOutput> => {
    const storage = dependencies.storage();
    const transcript = await readTranscript(storage.transcripts, input.turn);
    const key = assistantKey(input.turn.turn, input.round);
    const entry =
      findAssistant(transcript, key) ??
      (await requestResponse(input, transcript, dependencies, storage));
    await storage.history.append(input.turn.orchestrationId, [
      modelCalledEvent(input, entry),
    ]);
    return toResult(input, entry, storage);
  };

async function requestResponse(
  input: CallModelInput,
  transcript: readonly TranscriptMessage[],
  dependencies: ActivityDependencies,
  storage: Storage,
): Promise<AssistantEntry> {
  const prompt = await renderPrompt(input, transcript, storage);
  const previous = transcript.map(
    (each) => fromTranscriptMessage(each).message,
  );
  const messages = dropUnansweredToolCalls([...previous, ...prompt]);
  const entry = await complete(input, messages, dependencies);
  // Throws for an invalid output, which is not recorded, so that a retry calls the model again.
  if (entry.message.toolCalls.length === 0)
    parseAgentOutput(input.agent, entry.message.text);
  return record(input, prompt, entry, storage);
}

/** Returns no message if the transcript contains the prompt, as in later rounds. */
async function renderPrompt(
  { turn, prompt, scope }: CallModelInput,
  transcript: readonly TranscriptMessage[],
  { payloads }: Storage,
): Promise<readonly ChatMessage[]> {
  if (transcript.some(({ key }) => key === promptKey(turn.turn))) return [];
  const rendered = await loadAndRender(prompt, scope, payloads);
  return [{ role: "user", text: toText(rendered) }];
}

async function complete(
  { agent, at, attempt, round, turn }: CallModelInput,
  messages: readonly ChatMessage[],
  dependencies: ActivityDependencies,
): Promise<AssistantEntry> {
  const { model, modelTimeoutMs } = dependencies;
  const request = {
    agent: agent.name,
    instructions: agent.instructions,
    messages,
    tools: (agent.tools ?? []).map((name) =>
      toToolSpec(findTool(dependencies, name)),
    ),
    ...(agent.model !== undefined && { model: agent.model }),
    ...(agent.outputSchema !== undefined && {
      outputSchema: agent.outputSchema,
    }),
  };
  const { orchestrationId, stepId: step } = turn;
  const { provider, server } = model();
  const requestedModel = {
    provider,
    model: model().resolveModelName(agent.model),
  };
  const response = await traceModelCall(
    {
      ...requestedModel,
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
    () => model().complete(request, AbortSignal.timeout(modelTimeoutMs)),
  );
  const { text, toolCalls, inputTokens, outputTokens } = response;
  return {
    message: { role: "assistant", text, toolCalls },
    at,
    attempt,
    usage: { inputTokens, outputTokens, modelCalls: 1, toolCalls: 0 },
    model: response.model,
    requestedModel,
  };
}

/** Writes prompt and response atomically. Concurrent attempts all return the response that was written first. */
async function record(
  { turn, round, at, attempt }: CallModelInput,
  prompt: readonly ChatMessage[],
  entry: AssistantEntry,
  { transcripts }: Storage,
): Promise<AssistantEntry> {
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
    toTranscriptMessage(key, turn.turn, entry),
  ]);
  if (isFirst) return entry;
  const earlier = findAssistant(await readTurn(transcripts, turn), key);
  if (earlier !== undefined) return earlier;
  throw new AosError(
    "internal_error",
    `Turn ${turn.turn} of session "${turn.sessionKey}" was recorded by another attempt and cannot be read.`,
  );
}

/** Derived from the recorded entry, so that every attempt writes the same event. */
const modelCalledEvent = (
  { turn, round, agent }: CallModelInput,
  { message, at, attempt, usage, model, requestedModel }: AssistantEntry,
): OrchestrationEvent =>
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
      ...(requestedModel !== undefined && {
        provider: requestedModel.provider,
      }),
      ...(model !== undefined && { model }),
      toolCalls: message.toolCalls.map(({ id, name }) => ({ id, name })),
      usage: { ...usage },
    },
  });

async function toResult(
  { agent, turn }: CallModelInput,
  { message, usage, requestedModel }: AssistantEntry,
  { payloads }: Storage,
): Promise<CallModelOutput> {
  const cost = {
    usage,
    ...(requestedModel !== undefined && { requestedModel }),
  };
  const toolCalls = message.toolCalls.map(({ id, name }) => ({ id, name }));
  if (toolCalls.length > 0) return { toolCalls, ...cost };
  const output = parseAgentOutput(agent, message.text);
  return {
    toolCalls,
    output: await payloads.put(turn.orchestrationId, output),
    ...cost,
  };
}
