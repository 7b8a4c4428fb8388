import { runTool } from "../../src/agents/tool-runner";
import { AosError } from "../../src/errors";
import type { CallToolInput } from "../../src/model/contracts";
import type { Json } from "../../src/model/payload";
import { toolSpan } from "../../src/telemetry/calls";
import type { Services } from "../services";

/** Runs a tool of the catalog once. Throws `tool_not_found`, or what the tool failed with. */
export async function runNamedTool(
  { tools }: Pick<Services, "tools">,
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
    return await toolSpan(
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
