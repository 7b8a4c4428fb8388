import { randomUUID } from "node:crypto";
import { callTool } from "../../activities/call-tool";
import type { CallToolInput } from "../../src/domain/contracts";
import type { Json, Payload } from "../../src/domain/payload";
import { useAzuriteStorage } from "../support/storage/azurite-storage";
import {
  activityTime,
  createActivityContext,
  createScope,
} from "../support/activities/activity-context";

const storage = useAzuriteStorage();

const createToolInput = (
  tool: string,
  input: Json,
  value: Payload = { value: null },
): CallToolInput => {
  const orchestrationId = randomUUID();
  const step = { orchestrationId, stepId: "s" };
  const scope = createScope(orchestrationId, value);
  return {
    attempt: 1,
    at: activityTime,
    tool,
    idempotencyKey: `${orchestrationId}/s`,
    call: { from: "workflow", step, input, scope },
  };
};

const storeLongWord = (): Promise<Payload> =>
  storage().payloads.put("o", { word: "x".repeat(40_000) });

describe("callTool for a tool step", () => {
  test("renders the input from a stored payload and stores an output of 140 KB by reference", async () => {
    const { dependencies } = createActivityContext(storage);
    const template = { text: "n ${input.word.size()}" };
    const input = createToolInput("grow", template, await storeLongWord());
    const { output } = await callTool(dependencies)(input);
    expect(output).toMatchObject({ $ref: expect.any(String) as string });
    const value = output && (await storage().payloads.get(output));
    expect(value).toEqual({ text: "n 40000".repeat(20_000) });
  });

  test("throws tool_input_invalid if the rendered input has the wrong type", async () => {
    const { dependencies } = createActivityContext(storage);
    const template = { text: "${input.word.size()}" };
    const input = createToolInput("grow", template, await storeLongWord());
    await expect(callTool(dependencies)(input)).rejects.toMatchObject({
      code: "tool_input_invalid",
    });
  });

  test("returns the recorded result on a second attempt, without calling the tool again", async () => {
    const { dependencies, calls } = createActivityContext(storage);
    const input = createToolInput("shout", { text: "hey" });
    const first = await callTool(dependencies)(input);
    const second = { ...input, attempt: 2, at: "2026-01-01T00:01:00.000Z" };
    expect(await callTool(dependencies)(second)).toEqual(first);
    expect(first.output).toEqual({ value: { text: "HEY" } });
    expect(calls).toEqual(["shout"]);
  });

  test.each([
    ["fail", "tool_failed"],
    ["failOnce", "tool_uncertain"],
    ["unknown", "tool_not_found"],
  ])("throws the error of the tool %s with the code %s", async (tool, code) => {
    const { dependencies } = createActivityContext(storage);
    const call = callTool(dependencies)(createToolInput(tool, { text: "" }));
    await expect(call).rejects.toMatchObject({ code });
  });
});
