import type { CallToolInput } from "../../src/domain/contracts";
import { AosError } from "../../src/domain/errors";
import type { Json } from "../../src/domain/payload";
import { traceToolCall } from "../../src/telemetry/spans/call-spans";
import { runTool } from "../../src/tools/run-tool";
import type { ActivityDependencies } from "../activity-dependencies";
import { findTool } from "./find-tool";

/** Runs a tool of the catalog. Throws the tool's error, or `tool_not_found`. */
export async function runNamedTool(
  dependencies: Pick<ActivityDependencies, "tools">,
  { tool: name, idempotencyKey, attempt, call }: CallToolInput,
  toolArguments: Json | undefined,
): Promise<Json> {
  const tool = findTool(dependencies, name);
  try {
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
              agent: call.agent,
            }
          : { step: call.step.stepId }),
      },
      () => runTool(tool, toolArguments, idempotencyKey),
    );
  } catch (error) {
    // A tool that is not idempotent may have caused side effects before it failed.
    if (tool.idempotent || !isToolFailed(error)) throw error;
    throw new AosError(
      "tool_uncertain",
      `${error.message} The tool "${name}" is not idempotent and may have caused side effects. Check them before you start a new orchestration.`,
      { cause: error },
    );
  }
}

const isToolFailed = (error: unknown): error is AosError =>
  error instanceof AosError && error.code === "tool_failed";
