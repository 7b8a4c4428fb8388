import type { CallToolInput, CallToolOutput } from "../../src/domain/contracts";
import { AosError, type Failure, toFailure } from "../../src/domain/errors";
import type { Json } from "../../src/domain/payload";
import type { ToolCall } from "../../src/models/language-model";
import type { TranscriptMessage } from "../../src/storage/ports";
import type { ActivityDependencies } from "../activity-dependencies";
import { assistantKey, findAssistant, readTurn, toolKey } from "../transcript";
import { runNamedTool } from "./run-named-tool";
import { createToolEvent, runToolOnce, toToolEntry } from "./run-tool-once";

type AgentCall = Extract<CallToolInput["call"], { from: "agent" }>;

/** Runs a tool call of the model and records its result in the transcript, from which the next model call reads it. */
export async function callAgentTool(
  dependencies: ActivityDependencies,
  input: CallToolInput,
  call: AgentCall,
): Promise<CallToolOutput> {
  const { turn, round, callId } = call;
  const storage = dependencies.storage();
  const messages = await readTurn(storage.transcripts, turn);
  const { index, toolCall } = findCall(messages, call);
  const location = {
    sessionKey: turn.sessionKey,
    turn: turn.turn,
    key: toolKey(turn.turn, round, { index, id: callId }),
  };
  const entry = await runToolOnce(storage, location, messages, async () =>
    toToolEntry(
      input,
      callId,
      await getResult(dependencies, input, call, toolCall),
    ),
  );
  await storage.history.append(turn.orchestrationId, [
    createToolEvent(input, turn.stepId, entry, {
      turn: turn.turn,
      round,
      callId,
    }),
  ]);
  return { usage: entry.usage };
}

function findCall(
  messages: readonly TranscriptMessage[],
  { turn, round, callId }: AgentCall,
): { readonly index: number; readonly toolCall: ToolCall } {
  const entry = findAssistant(messages, assistantKey(turn.turn, round));
  const toolCalls = entry?.message.toolCalls ?? [];
  const index = toolCalls.findIndex(({ id }) => id === callId);
  const toolCall = toolCalls[index];
  if (toolCall !== undefined) return { index, toolCall };
  throw new AosError(
    "internal_error",
    `Round ${round} of turn ${turn.turn} in session "${turn.sessionKey}" has no tool call "${callId}".`,
  );
}

/** An error of the model becomes a tool result, so that the model can correct it. An error of the tool is thrown. */
async function getResult(
  dependencies: ActivityDependencies,
  input: CallToolInput,
  { allowed }: AgentCall,
  toolCall: ToolCall,
): Promise<Json> {
  if (!allowed.includes(input.tool))
    return errorResult({
      code: "tool_not_found",
      message: `There is no tool "${input.tool}". Available tools: ${allowed.join(", ") || "none"}.`,
    });
  try {
    return await runNamedTool(dependencies, input, toolCall.arguments);
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code === "tool_input_invalid") return errorResult(failure);
    throw thrown;
  }
}

const errorResult = ({ code, message }: Failure): Json => ({
  error: { code, message },
});
