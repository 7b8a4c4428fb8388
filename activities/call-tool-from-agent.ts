import { AosError } from "../src/errors";
import type { CallToolInput } from "../src/model/contracts";
import type { Json } from "../src/model/payload";
import type { Services } from "./services";
import {
  answerKey,
  readTurn,
  type Recorded,
  type RecordedResult,
  resultKey,
  transcriptMessage,
} from "./transcript";

export type AgentCall = Extract<CallToolInput["call"], { from: "agent" }>;

/**
 * A call that a model asked for: its arguments are in the transcript, and its result goes there. A result that is
 * there already is the result: the tool is not run a second time.
 */
export async function callFromAgent(
  services: Services,
  { tool: name, at, attempt }: CallToolInput,
  { turn, round, callId, allowed }: AgentCall,
  run: (name: string, toolArguments: Json | undefined) => Promise<Json>,
): Promise<RecordedResult> {
  const { transcripts } = services.storage();
  const said = await readTurn(transcripts, turn);
  const key = resultKey(turn, round, callId);
  const before = said.get(key);
  if (before?.role === "tool") return before;
  const toolArguments = argumentsOf(said.get(answerKey(turn, round)), callId);
  const outcome = allowed.includes(name)
    ? await toldToModel(() => run(name, toolArguments))
    : refusal(`There is no tool ${name}. You may call: ${allowed.join(", ")}.`);
  const message: RecordedResult = {
    role: "tool",
    callId,
    name,
    ...outcome,
    at,
    attempt,
  };
  await transcripts.append(turn.sessionKey, [
    transcriptMessage(turn, key, message),
  ]);
  return message;
}

function argumentsOf(
  answer: Recorded | undefined,
  callId: string,
): Json | undefined {
  const calls = answer?.role === "assistant" ? answer.toolCalls : [];
  const call = calls.find(({ id }) => id === callId);
  if (call !== undefined) return call.arguments;
  throw new AosError(
    "internal_error",
    `The transcript holds no tool call ${callId}; it was changed while the turn ran.`,
  );
}

type Outcome = Pick<RecordedResult, "result" | "isError">;

/** A model that called a tool wrongly can do better when it is told; a tool that failed is the step's matter. */
async function toldToModel(work: () => Promise<Json>): Promise<Outcome> {
  try {
    return { result: await work(), isError: false };
  } catch (error) {
    if (error instanceof AosError && error.code === "tool_input_invalid")
      return refusal(error.message);
    throw error;
  }
}

const refusal = (error: string): Outcome => ({
  result: { error },
  isError: true,
});
