import type { ToolCall } from "../../src/models/language-model";
import { AosError, type Failure, toFailure } from "../../src/domain/errors";
import type { TranscriptMessage } from "../../src/storage/ports";
import type { CallToolInput, CallToolOutput } from "../../src/domain/contracts";
import type { Json } from "../../src/domain/payload";
import type { ActivityDependencies } from "../activity-dependencies";
import { assistantKey, findAssistant, readTurn, toolKey } from "../transcript";
import { runToolOnce, createToolEvent, toToolEntry } from "./run-tool-once";
import { runNamedTool } from "./run-named-tool";

type AgentCall = Extract<CallToolInput["call"], { from: "agent" }>;

/** Runs what the model asked for; the result goes into the transcript, where the model finds it. */
export async function callAgentTool(
  services: ActivityDependencies,
  input: CallToolInput,
  call: AgentCall,
): Promise<CallToolOutput> {
  const { turn, round, callId } = call;
  const storage = services.storage();
  const known = await readTurn(storage.transcripts, turn);
  const { position, asked } = findCall(known, call);
  const place = {
    sessionKey: turn.sessionKey,
    turn: turn.turn,
    key: toolKey(turn.turn, round, { position, id: callId }),
  };
  const recorded = await runToolOnce(storage, place, known, async () =>
    toToolEntry(input, callId, await resultFor(services, input, call, asked)),
  );
  await storage.history.append(turn.orchestrationId, [
    createToolEvent(input, turn.stepId, recorded, {
      turn: turn.turn,
      round,
      callId,
    }),
  ]);
  return { usage: recorded.usage };
}

function findCall(
  known: readonly TranscriptMessage[],
  { turn, round, callId }: AgentCall,
): { readonly position: number; readonly asked: ToolCall } {
  const said = findAssistant(known, assistantKey(turn.turn, round));
  const calls = said?.message.toolCalls ?? [];
  const position = calls.findIndex(({ id }) => id === callId);
  const asked = calls[position];
  if (asked !== undefined) return { position, asked };
  throw new AosError(
    "internal_error",
    `Round ${round} of turn ${turn.turn} in session "${turn.sessionKey}" has no tool call "${callId}".`,
  );
}

/** What the model did wrong it is told, so that it can do better; what the tool could not do is a failure. */
async function resultFor(
  services: ActivityDependencies,
  input: CallToolInput,
  { allowed }: AgentCall,
  asked: ToolCall,
): Promise<Json> {
  if (!allowed.includes(input.tool))
    return told({
      code: "tool_not_found",
      message: `There is no tool "${input.tool}". There are: ${allowed.join(", ") || "none"}.`,
    });
  try {
    return await runNamedTool(services, input, asked.arguments);
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code === "tool_input_invalid") return told(failure);
    throw thrown;
  }
}

const told = ({ code, message }: Failure): Json => ({
  error: { code, message },
});
