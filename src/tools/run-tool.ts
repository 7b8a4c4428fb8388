import { z } from "zod";
import { AosError } from "../domain/errors";
import type { Json } from "../domain/payload";
import type { ToolSpec } from "../models/language-model";
import type { Tool } from "./tool";

export interface ToolRunOptions {
  readonly idempotencyKey: string;
  /** Aborted when nobody wants the result any more. */
  readonly signal: AbortSignal;
  /** Default two minutes. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;

/** What a model is told of a tool. */
export function toToolSpec(tool: Tool): ToolSpec {
  // `io: "input"`: what the caller writes, before defaults are filled in.
  const schema = z.toJSONSchema(tool.input, { io: "input" });
  const parameters = JSON.parse(JSON.stringify(schema)) as Record<string, Json>;
  delete parameters["$schema"]; // some providers refuse keywords they do not know
  return { name: tool.name, description: tool.description, parameters };
}

/**
 * Checks the arguments and runs the tool once. Throws `tool_input_invalid` before running it when they do not fit, and
 * `tool_failed` when it throws, is aborted or takes too long; an `AosError` that the tool throws keeps its own code.
 */
export async function runTool(
  tool: Tool,
  toolArguments: Json | undefined,
  run: ToolRunOptions,
): Promise<Json> {
  const input = checkedInput(tool, toolArguments);
  const timeoutMs = run.timeoutMs ?? defaultTimeoutMs;
  const abort = new AbortController();
  const cancel = (): void => {
    abort.abort(new AosError("tool_failed", `${tool.name} was cancelled.`));
  };
  const timer = setTimeout(() => {
    const message = `${tool.name} did not finish within ${timeoutMs} ms. Make it quicker or give it more time.`;
    abort.abort(new AosError("tool_failed", message));
  }, timeoutMs);
  if (run.signal.aborted) cancel();
  else run.signal.addEventListener("abort", cancel, { once: true });
  try {
    // A tool that ignores its signal is left behind; its idempotency key keeps the next attempt from doing it twice.
    return await Promise.race([
      rejectedOnAbort(abort.signal),
      executed(tool, input, run.idempotencyKey, abort.signal),
    ]);
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", cancel);
  }
}

function checkedInput(tool: Tool, toolArguments: Json | undefined): never {
  if (toolArguments === undefined)
    throw invalidInput(tool, "they are not JSON");
  const parsed = tool.input.safeParse(toolArguments);
  if (!parsed.success)
    throw invalidInput(tool, z.prettifyError(parsed.error), parsed.error);
  // The schema has just proved what the erased type of `Tool` cannot say.
  return parsed.data as never;
}

const invalidInput = (
  tool: Tool,
  problem: string,
  cause?: Error,
): AosError<"tool_input_invalid"> =>
  new AosError(
    "tool_input_invalid",
    `The arguments of ${tool.name} do not fit its schema: ${problem}`,
    { cause },
  );

async function executed(
  tool: Tool,
  input: never,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Json> {
  // An aborted run must not begin: the abort may have come before the arguments were checked.
  signal.throwIfAborted();
  try {
    return await tool.execute(input, { idempotencyKey, signal });
  } catch (thrown) {
    if (thrown instanceof AosError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AosError("tool_failed", `${tool.name} failed: ${reason}`, {
      cause: thrown,
    });
  }
}

const rejectedOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
