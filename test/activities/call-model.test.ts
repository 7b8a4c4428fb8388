import { callModel } from "../../activities/call-model";
import { callTool } from "../../activities/call-tool";
import type { CallModelInput, CallToolInput } from "../../src/domain/contracts";
import { useAzuriteStorage } from "../support/storage/azurite-storage";
import {
  testAgent,
  activityTime,
  createTurnRef,
  createActivityContext,
  createScope,
} from "../support/activities/activity-context";

const storage = useAzuriteStorage();

const createModelInput = (
  turn: CallModelInput["turn"],
  change: Partial<CallModelInput> = {},
): CallModelInput => ({
  turn,
  round: 0,
  attempt: 1,
  at: activityTime,
  agent: testAgent,
  prompt: "say ${input}",
  scope: createScope(turn.orchestrationId, { value: "hello" }),
  ...change,
});
const createToolInput = (
  turn: CallModelInput["turn"],
  callId: string,
  tool = "shout",
): CallToolInput => ({
  attempt: 1,
  at: activityTime,
  tool,
  idempotencyKey: `${turn.orchestrationId}/s/1/${callId}`,
  call: {
    from: "agent",
    turn,
    round: 0,
    callId,
    agent: testAgent.name,
    allowed: testAgent.tools ?? [],
  },
});
/** The input of the second attempt. */
const secondAttempt = { attempt: 2, at: "2026-01-01T00:01:00.000Z" };

describe("callModel", () => {
  const runTurn = async () => {
    const context = createActivityContext(storage);
    const turn = createTurnRef();
    const call = callModel(context.dependencies);
    const first = await call(createModelInput(turn));
    for (const { id, name } of first.toolCalls)
      await callTool(context.dependencies)(createToolInput(turn, id, name));
    const last = await call(createModelInput(turn, { round: 1 }));
    return { ...context, turn, call, first, last };
  };

  test("returns tool calls in the first round and the answer in the second, and records every call", async () => {
    const { first, last, calls, turn } = await runTurn();
    expect(first.toolCalls.map(({ name }) => name)).toEqual([
      "shout",
      "shout",
      "fail",
    ]);
    expect(first.output).toBeUndefined();
    expect(last.toolCalls).toEqual([]);
    expect(last.output).toEqual({
      value: expect.stringContaining("tool_not_found") as string,
    });
    expect(calls).toEqual(["model", "shout", "model"]);
    const events = await storage().history.read(turn.orchestrationId);
    expect(events.map(({ type }) => type).sort()).toEqual([
      "model.called",
      "model.called",
      ...Array<string>(3).fill("tool.called"),
    ]);
  });

  test("records tool_input_invalid and tool_not_found as results of the calls that caused them", async () => {
    const { turn } = await runTurn();
    const { sessionKey } = turn;
    const read = { turn: 1, except: [] };
    const messages = await storage().transcripts.read(sessionKey, read);
    expect(messages.map(({ message }) => message)).toMatchObject([
      { message: { role: "user", text: "say hello" } },
      { message: { role: "assistant" } },
      { message: { role: "tool", result: { text: "SAY HELLO" } } },
      { message: { result: { error: { code: "tool_input_invalid" } } } },
      { message: { result: { error: { code: "tool_not_found" } } } },
      { message: { role: "assistant", toolCalls: [] } },
    ]);
  });

  test("returns the recorded results when every activity of the turn is repeated", async () => {
    const { turn, call, first, last, calls, dependencies } = await runTurn();
    const events = await storage().history.read(turn.orchestrationId);
    const before = calls.length;
    expect(await call(createModelInput(turn, secondAttempt))).toEqual(first);
    for (const { id, name } of first.toolCalls)
      await callTool(dependencies)({
        ...createToolInput(turn, id, name),
        ...secondAttempt,
      });
    expect(
      await call(createModelInput(turn, { round: 1, ...secondAttempt })),
    ).toEqual(last);
    expect(calls).toHaveLength(before);
    expect(await storage().history.read(turn.orchestrationId)).toEqual(events);
  });

  test("keeps the provider of the recorded response when another provider is configured", async () => {
    const { dependencies } = createActivityContext(storage);
    const turn = createTurnRef();
    const first = await callModel(dependencies)(createModelInput(turn));
    const reconfigured = {
      ...dependencies,
      model: () => ({ ...dependencies.model(), provider: "openai" as const }),
    };
    const second = await callModel(reconfigured)(
      createModelInput(turn, secondAttempt),
    );
    expect(first.requestedModel).toEqual({
      provider: "offline",
      model: "offline",
    });
    expect(second).toEqual(first);
    const [row] = await storage().history.read(turn.orchestrationId);
    expect(row?.data).toMatchObject({ provider: "offline", model: "offline" });
  });

  test("returns the same response to two concurrent attempts and records it once", async () => {
    const { dependencies } = createActivityContext(storage);
    const turn = createTurnRef();
    const responses = await Promise.all([
      callModel(dependencies)(createModelInput(turn)),
      callModel(dependencies)(
        createModelInput(turn, { prompt: "other", ...secondAttempt }),
      ),
    ]);
    expect(responses[0]).toEqual(responses[1]);
    expect(await storage().history.read(turn.orchestrationId)).toHaveLength(1);
  });

  test("sends the messages of earlier turns, without those of concurrent turns", async () => {
    const { turn, dependencies } = await runTurn();
    const sent: string[] = [];
    const next = { ...turn, turn: 3, concurrentTurns: [2] };
    await callModel(dependencies)(
      createModelInput(
        { ...turn, turn: 2 },
        { prompt: "concurrent", agent: testAgent },
      ),
    );
    const model = dependencies.model();
    const recording = {
      ...dependencies,
      model: () => ({
        ...model,
        complete: (...input: Parameters<typeof model.complete>) => {
          sent.push(
            ...input[0].messages.map((each) =>
              each.role === "user" ? each.text : each.role,
            ),
          );
          return model.complete(...input);
        },
      }),
    };
    await callModel(recording)(createModelInput(next, { prompt: "after" }));
    const tools = ["tool", "tool", "tool"];
    const expected = ["say hello", "assistant", ...tools, "assistant", "after"];
    expect(sent).toEqual(expected);
  });

  test("throws output_invalid for an answer that does not match the output schema, and calls the model again on retry", async () => {
    const { dependencies, calls } = createActivityContext(storage);
    const turn = createTurnRef();
    const agent = {
      name: "strict",
      instructions: "",
      outputSchema: { type: "object", required: ["x"], minProperties: 99 },
    };
    const call = () =>
      callModel(dependencies)(createModelInput(turn, { agent }));
    await expect(call()).rejects.toMatchObject({ code: "output_invalid" });
    await expect(call()).rejects.toMatchObject({ code: "output_invalid" });
    expect(calls).toEqual(["model", "model"]);
  });
});
