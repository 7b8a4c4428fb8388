import { z } from "zod";
import { defineTool } from "../../src/tools/tool";
import { runTool, toToolSpec } from "../../src/tools/run-tool";
import { AosError } from "../../src/domain/errors";
import type { Json } from "../../src/domain/payload";

const tool = (execute: (signal: AbortSignal) => Promise<Json>) =>
  defineTool({
    name: "repeat",
    description: "Repeats a word.",
    input: z.strictObject({ word: z.string(), times: z.int().default(2) }),
    idempotent: true,
    execute: (_, { signal }) => execute(signal),
  });
const echo = defineTool({
  ...tool(() => Promise.resolve(null)),
  input: z.strictObject({ word: z.string(), times: z.int().default(2) }),
  execute: ({ word, times }, { idempotencyKey }) =>
    Promise.resolve([idempotencyKey, word.repeat(times)]),
});
const run = { idempotencyKey: "k", signal: new AbortController().signal };
const stuck = tool(() => new Promise(() => undefined));

describe("runTool", () => {
  test("runs the tool with checked arguments, defaults filled in", async () => {
    expect(await runTool(echo, { word: "ab" }, run)).toEqual(["k", "abab"]);
  });

  test.each([
    [{ word: 1 }, "word"],
    [{ word: "a", loud: true }, "loud"],
    [undefined, "not JSON"],
  ])("refuses the arguments %j and says why", async (given, why) => {
    await expect(runTool(echo, given, run)).rejects.toMatchObject({
      code: "tool_input_invalid",
      message: expect.stringContaining(why) as string,
    });
  });

  test("calls what a tool throws a failed tool, but leaves its own codes alone", async () => {
    const failing = tool(() => Promise.reject(new Error("disk full")));
    await expect(runTool(failing, { word: "a" }, run)).rejects.toMatchObject({
      code: "tool_failed",
      message: "repeat failed: disk full",
    });
    const refusing = tool(() =>
      Promise.reject(new AosError("tool_input_invalid", "no such word")),
    );
    await expect(runTool(refusing, { word: "a" }, run)).rejects.toMatchObject({
      code: "tool_input_invalid",
    });
  });

  test("gives up on a tool that takes too long, and tells it", async () => {
    let told: unknown;
    const slow = tool(
      (signal) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            told = signal.reason;
          });
        }),
    );
    await expect(
      runTool(slow, { word: "a" }, { ...run, timeoutMs: 20 }),
    ).rejects.toMatchObject({ code: "tool_failed" });
    expect(told).toMatchObject({ code: "tool_failed" });
  });

  test("ends when it is cancelled, also before it began", async () => {
    const cancel = new AbortController();
    const running = runTool(
      stuck,
      { word: "a" },
      { ...run, signal: cancel.signal },
    );
    cancel.abort();
    await expect(running).rejects.toThrow("was cancelled");
    await expect(
      runTool(echo, { word: "a" }, { ...run, signal: cancel.signal }),
    ).rejects.toThrow("was cancelled");
  });
});

describe("toToolSpec", () => {
  test("describes the arguments as the caller writes them", () => {
    expect(toToolSpec(echo).parameters).toMatchObject({
      type: "object",
      properties: { word: { type: "string" }, times: { default: 2 } },
      required: ["word"],
      additionalProperties: false,
    });
  });
});
