import { z } from "zod";
import { AosError, toErrorMessage } from "../domain/errors";
import type { Json } from "../domain/payload";
import type { Tool } from "./tool";

const timeoutMs = 120_000;

/** The description of a tool that is sent to the model. */
export function toToolSpec(tool: Tool) {
  // `io: "input"`: the arguments before defaults are applied.
  const schema = z.toJSONSchema(tool.input, { io: "input" });
  const parameters = JSON.parse(JSON.stringify(schema)) as Record<string, Json>;
  delete parameters["$schema"]; // Some providers reject unknown keywords.
  return { name: tool.name, description: tool.description, parameters };
}

/**
 * Validates the arguments and runs the tool once. Throws `tool_input_invalid` when the arguments do not satisfy the
 * schema, and `tool_failed` when the tool throws or times out. An `AosError` of the tool keeps its code.
 */
export async function runTool(
  tool: Tool,
  toolArguments: Json | undefined,
  idempotencyKey: string,
): Promise<Json> {
  const input = parseArguments(tool, toolArguments);
  const abort = new AbortController();
  const timer = setTimeout(() => {
    const message = `${tool.name} did not finish within ${timeoutMs} ms.`;
    abort.abort(new AosError("tool_failed", message));
  }, timeoutMs);
  try {
    // A tool that ignores its signal keeps running. Its idempotency key protects the next attempt.
    return await Promise.race([
      rejectOnAbort(abort.signal),
      execute(tool, input, idempotencyKey, abort.signal),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function parseArguments(tool: Tool, toolArguments: Json | undefined): never {
  if (toolArguments === undefined)
    throw inputInvalid(tool, "they are not JSON");
  const parsed = tool.input.safeParse(toolArguments);
  if (!parsed.success)
    throw inputInvalid(tool, z.prettifyError(parsed.error), parsed.error);
  // `Tool` does not carry the type of its input, which the schema has just validated.
  return parsed.data as never;
}

const inputInvalid = (
  tool: Tool,
  problem: string,
  cause?: Error,
): AosError<"tool_input_invalid"> =>
  new AosError(
    "tool_input_invalid",
    `The arguments of ${tool.name} do not satisfy its schema: ${problem}`,
    { cause },
  );

async function execute(
  tool: Tool,
  input: never,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Json> {
  try {
    return await tool.execute(input, { idempotencyKey, signal });
  } catch (thrown) {
    if (thrown instanceof AosError) throw thrown;
    throw new AosError(
      "tool_failed",
      `${tool.name} failed: ${toErrorMessage(thrown)}`,
      { cause: thrown },
    );
  }
}

const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });
