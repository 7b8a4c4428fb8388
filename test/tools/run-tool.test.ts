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

describe("runTool", () => {
  test("runs the tool with validated arguments and applied defaults", async () => {
    expect(await runTool(echo, { word: "ab" }, "k")).toEqual(["k", "abab"]);
  });

  test.each([
    [{ word: 1 }, "word"],
    [{ word: "a", loud: true }, "loud"],
    [undefined, "not JSON"],
  ])(
    "rejects the arguments %j and names %j",
    async (toolArguments, problem) => {
      await expect(runTool(echo, toolArguments, "k")).rejects.toMatchObject({
        code: "tool_input_invalid",
        message: expect.stringContaining(problem) as string,
      });
    },
  );

  test("throws tool_failed when the tool throws, and keeps the code of an AosError", async () => {
    const failing = tool(() => Promise.reject(new Error("disk full")));
    await expect(runTool(failing, { word: "a" }, "k")).rejects.toMatchObject({
      code: "tool_failed",
      message: "repeat failed: disk full",
    });
    const refusing = tool(() =>
      Promise.reject(new AosError("tool_input_invalid", "no such word")),
    );
    await expect(runTool(refusing, { word: "a" }, "k")).rejects.toMatchObject({
      code: "tool_input_invalid",
    });
  });

  test("aborts a tool that has not finished after two minutes", async () => {
    jest.useFakeTimers();
    let abortReason: unknown;
    const slow = tool(
      (signal) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            abortReason = signal.reason;
          });
        }),
    );
    const running = runTool(slow, { word: "a" }, "k");
    jest.advanceTimersByTime(119_999);
    expect(abortReason).toBeUndefined();
    jest.advanceTimersByTime(1);
    jest.useRealTimers();
    await expect(running).rejects.toMatchObject({ code: "tool_failed" });
    expect(abortReason).toMatchObject({ code: "tool_failed" });
  });
});

describe("toToolSpec", () => {
  test("describes the arguments before defaults are applied", () => {
    expect(toToolSpec(echo).parameters).toMatchObject({
      type: "object",
      properties: { word: { type: "string" }, times: { default: 2 } },
      required: ["word"],
      additionalProperties: false,
    });
  });
});
