import { callModel } from "../../activities/call-model";
import { callTool } from "../../activities/call-tool";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import type { CallModelInput, CallToolInput } from "../../src/domain/contracts";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import {
  testAgent,
  activityTime,
  createTurnRef,
  createActivityContext,
  createScope,
} from "../support/activities/activity-context";

let azurite: Azurite;
let storage: Storage;
beforeAll(async () => {
  azurite = await startAzurite();
  storage = openStorage({ connectionString: azurite.connectionString });
});
afterAll(() => azurite.stop());

const modelInput = (
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
const toolInput = (
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
const later = { attempt: 2, at: "2026-01-01T00:01:00.000Z" };

describe("a turn of an agent", () => {
  const run = async () => {
    const world = createActivityContext(() => storage);
    const turn = createTurnRef();
    const ask = callModel(world.services);
    const first = await ask(modelInput(turn));
    for (const { id, name } of first.toolCalls)
      await callTool(world.services)(toolInput(turn, id, name));
    const last = await ask(modelInput(turn, { round: 1 }));
    return { ...world, turn, ask, first, last };
  };

  test("goes from the prompt over tool calls to an answer", async () => {
    const { first, last, used, turn } = await run();
    expect(first.toolCalls.map(({ name }) => name)).toEqual([
      "shout",
      "shout",
      "break",
    ]);
    expect(first.output).toBeUndefined();
    expect(last.toolCalls).toEqual([]);
    expect(last.output).toEqual({
      value: expect.stringContaining("tool_not_found") as string,
    });
    expect(used).toEqual(["model", "shout", "model"]);
    const rows = await storage.history.read(turn.orchestrationId);
    expect(rows.map(({ type }) => type).sort()).toEqual([
      "model.called",
      "model.called",
      ...Array<string>(3).fill("tool.called"),
    ]);
  });

  test("tells the model what it did wrong, each in its place", async () => {
    const { turn } = await run();
    const { sessionKey } = turn;
    const read = { turn: 1, except: [] };
    const messages = await storage.transcripts.read(sessionKey, read);
    expect(messages.map(({ message }) => message)).toMatchObject([
      { message: { role: "user", text: "say hello" } },
      { message: { role: "assistant" } },
      { message: { role: "tool", result: { text: "SAY HELLO" } } },
      { message: { result: { error: { code: "tool_input_invalid" } } } },
      { message: { result: { error: { code: "tool_not_found" } } } },
      { message: { role: "assistant", toolCalls: [] } },
    ]);
  });

  test("is the same when every activity runs again after its work was done", async () => {
    const { turn, ask, first, last, used, services } = await run();
    const rows = await storage.history.read(turn.orchestrationId);
    const before = used.length;
    expect(await ask(modelInput(turn, later))).toEqual(first);
    for (const { id, name } of first.toolCalls)
      await callTool(services)({ ...toolInput(turn, id, name), ...later });
    expect(await ask(modelInput(turn, { round: 1, ...later }))).toEqual(last);
    expect(used).toHaveLength(before);
    expect(await storage.history.read(turn.orchestrationId)).toEqual(rows);
  });

  test("tells by which model it was answered, the same after another one was chosen", async () => {
    const { services } = createActivityContext(() => storage);
    const turn = createTurnRef();
    const first = await callModel(services)(modelInput(turn));
    const other = {
      ...services,
      model: () => ({ ...services.model(), provider: "openai" as const }),
    };
    const again = await callModel(other)(modelInput(turn, later));
    expect(first.asked).toEqual({ provider: "offline", model: "offline" });
    expect(again).toEqual(first);
    const [row] = await storage.history.read(turn.orchestrationId);
    expect(row?.data).toMatchObject({ provider: "offline", model: "offline" });
  });

  test("has one answer when two attempts ask at the same time", async () => {
    const { services } = createActivityContext(() => storage);
    const turn = createTurnRef();
    const answers = await Promise.all([
      callModel(services)(modelInput(turn)),
      callModel(services)(modelInput(turn, { prompt: "other", ...later })),
    ]);
    expect(answers[0]).toEqual(answers[1]);
    expect(await storage.history.read(turn.orchestrationId)).toHaveLength(1);
  });

  test("goes on where earlier turns of the session ended, but for those beside it", async () => {
    const { turn, services } = await run();
    const seen: string[] = [];
    const next = { ...turn, turn: 3, concurrentTurns: [2] };
    await callModel(services)(
      modelInput({ ...turn, turn: 2 }, { prompt: "beside", agent: testAgent }),
    );
    const model = services.model();
    const listening = {
      ...services,
      model: () => ({
        ...model,
        complete: (...asked: Parameters<typeof model.complete>) => {
          seen.push(
            ...asked[0].messages.map((each) =>
              each.role === "user" ? each.text : each.role,
            ),
          );
          return model.complete(...asked);
        },
      }),
    };
    await callModel(listening)(modelInput(next, { prompt: "after" }));
    const tools = ["tool", "tool", "tool"];
    const expected = ["say hello", "assistant", ...tools, "assistant", "after"];
    expect(seen).toEqual(expected);
  });

  test("fails with an answer that does not fit, and keeps nothing of it", async () => {
    const { services, used } = createActivityContext(() => storage);
    const turn = createTurnRef();
    const picky = {
      name: "picky",
      instructions: "",
      outputSchema: { type: "object", required: ["x"], minProperties: 99 },
    };
    const ask = () => callModel(services)(modelInput(turn, { agent: picky }));
    await expect(ask()).rejects.toMatchObject({ code: "output_invalid" });
    await expect(ask()).rejects.toMatchObject({ code: "output_invalid" });
    expect(used).toEqual(["model", "model"]);
  });
});
