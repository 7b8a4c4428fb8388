import { runTool } from "../../src/tools/run-tool";
import { AosError } from "../../src/domain/errors";
import type { CallToolInput } from "../../src/domain/contracts";
import type { Json } from "../../src/domain/payload";
import { traceToolCall } from "../../src/telemetry/spans/call-spans";
import type { ActivityDependencies } from "../activity-dependencies";

/** Runs a tool of the catalog once. Throws `tool_not_found`, or what the tool failed with. */
export async function runNamedTool(
  { tools }: Pick<ActivityDependencies, "tools">,
  { tool: name, idempotencyKey, attempt, call }: CallToolInput,
  toolArguments: Json | undefined,
): Promise<Json> {
  const tool = tools.get(name);
  if (tool === undefined)
    throw new AosError(
      "tool_not_found",
      `There is no tool "${name}" in this app. Those that exist: ${[...tools.keys()].join(", ")}.`,
    );
  try {
    const { signal } = new AbortController();
    return await traceToolCall(
      {
        tool: name,
        idempotencyKey,
        attempt,
        arguments: toolArguments,
        ...(call.from === "agent"
          ? {
              step: call.turn.stepId,
              callId: call.callId,
              conversation: call.turn.sessionKey,
              ...(call.agent !== undefined && { agent: call.agent }),
            }
          : { step: call.step.stepId }),
      },
      () => runTool(tool, toolArguments, { idempotencyKey, signal }),
    );
  } catch (error) {
    // Before it failed it may have done what must not be done twice.
    if (tool.idempotent || !isFailed(error)) throw error;
    throw new AosError(
      "tool_uncertain",
      `${error.message} It may have done its work or part of it, and must not be repeated blindly: look, and then start again.`,
      { cause: error },
    );
  }
}

const isFailed = (error: unknown): error is AosError =>
  error instanceof AosError && error.code === "tool_failed";
