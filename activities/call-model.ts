import type { ModelResponse } from "../src/agents/model";
import { toOutput } from "../src/agents/output";
import { toToolSpec } from "../src/agents/tool-runner";
import { AosError } from "../src/errors";
import type { CallModelInput, CallModelOutput } from "../src/model/contracts";
import { historyRow } from "../src/model/history-rows";
import { rendered } from "../src/model/scope";
import { loadScope } from "./load-scope";
import type { Services } from "./services";
import {
  answerKey,
  chatMessage,
  promptKey,
  readTurn,
  type Recorded,
  type RecordedAnswer,
  transcriptMessage,
} from "./transcript";

/** Model calls that run longer are given up and, if the step allows, made again. */
const timeoutMs = 5 * 60_000;

/**
 * One model call of a turn. The answer is in the transcript before it is given: when the process dies after that, the
 * call that is made again returns it instead of asking, and paying, a second time.
 */
export const callModel =
  (services: Services) =>
  async (input: CallModelInput): Promise<CallModelOutput> => {
    const { transcripts } = services.storage();
    const { turn, round } = input;
    const said = new Map(await readTurn(transcripts, turn));
    const key = answerKey(turn, round);
    const before = said.get(key);
    const answer =
      before?.role === "assistant"
        ? before
        : await ask(services, input, said, key);
    await record(services, input, answer);
    return result(services, input, answer);
  };

async function ask(
  services: Services,
  input: CallModelInput,
  said: Map<string, Recorded>,
  key: string,
): Promise<RecordedAnswer> {
  const { turn, agent } = input;
  const prompt = said.get(promptKey(turn)) ?? (await promptOf(services, input));
  said.set(promptKey(turn), prompt);
  const inOrder = [...said].sort(([a], [b]) => (a < b ? -1 : 1));
  const response = await services.model().complete(
    {
      ...(agent.model !== undefined && { model: agent.model }),
      instructions: agent.instructions,
      messages: inOrder.map(([, message]) => chatMessage(message)),
      tools: toolSpecs(services, input),
      ...(agent.outputSchema && { outputSchema: agent.outputSchema }),
      ...(agent.offline && { offline: agent.offline }),
    },
    AbortSignal.timeout(timeoutMs),
  );
  // An answer that does not fit is not kept, so that another attempt asks again.
  if (response.toolCalls.length === 0) toOutput(agent, response.text);
  const answer = recordedAnswer(input, response);
  await services
    .storage()
    .transcripts.append(turn.sessionKey, [
      transcriptMessage(turn, promptKey(turn), prompt),
      transcriptMessage(turn, key, answer),
    ]);
  return answer;
}

async function promptOf(
  services: Services,
  { prompt, scope }: CallModelInput,
): Promise<Recorded> {
  const loaded = await loadScope(scope, services.storage().payloads);
  const text = rendered(prompt, loaded);
  return {
    role: "user",
    text: typeof text === "string" ? text : JSON.stringify(text),
  };
}

function toolSpecs({ tools }: Services, { agent }: CallModelInput) {
  return (agent.tools ?? []).map((name) => {
    const tool = tools.get(name);
    if (tool !== undefined) return toToolSpec(tool);
    throw new AosError(
      "tool_not_found",
      `The agent ${agent.name} asks for the tool ${name}, which is not in the catalog. Add it, or take it from the agent.`,
    );
  });
}

const recordedAnswer = (
  { at, attempt }: CallModelInput,
  { text, toolCalls, model, inputTokens, outputTokens }: ModelResponse,
): RecordedAnswer => ({
  role: "assistant",
  text,
  toolCalls,
  model,
  usage: { inputTokens, outputTokens, modelCalls: 1, toolCalls: 0 },
  at,
  attempt,
});

/** The row says what was recorded, however often it is written. */
async function record(
  services: Services,
  { turn, round, agent }: CallModelInput,
  { at, attempt, model, usage, toolCalls }: RecordedAnswer,
): Promise<void> {
  const row = historyRow({
    type: "model.called",
    at,
    stepId: turn.stepId,
    attempt,
    discriminator: `${turn.turn}-${round}`,
    data: {
      agent: agent.name,
      provider: services.model().provider,
      model,
      usage: { ...usage },
      toolCalls: toolCalls.length,
    },
  });
  await services.storage().history.append(turn.orchestrationId, [row]);
}

async function result(
  services: Services,
  { agent, turn }: CallModelInput,
  { text, toolCalls, usage }: RecordedAnswer,
): Promise<CallModelOutput> {
  if (toolCalls.length > 0)
    return {
      toolCalls: toolCalls.map(({ id, name }) => ({ id, name })),
      usage,
    };
  const output = await services
    .storage()
    .payloads.put(turn.orchestrationId, toOutput(agent, text));
  return { toolCalls: [], output, usage };
}
