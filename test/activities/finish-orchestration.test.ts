import { randomUUID } from "node:crypto";
import { notifyStepSettled } from "../../activities/notify-step-settled";
import { callTool } from "../../activities/call-tool";
import { evaluateExpression } from "../../activities/evaluate-expression";
import { finishOrchestration } from "../../activities/finish-orchestration";
import { recordHistory } from "../../activities/record-history";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import type { CallToolInput, FinishInput } from "../../src/domain/contracts";
import { createEvent } from "../../src/domain/history/create-event";
import type { Json, Payload } from "../../src/domain/payload";
import { noUsage } from "../../src/domain/usage";
import { newClaim, newOrchestrationId } from "../contracts/storage.contract";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import { createEventLog } from "../support/telemetry/event-log";
import {
  activityTime,
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

const toolCall = (
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

describe("a tool call of a workflow", () => {
  test("gets its input from what the template names, and large outputs are kept apart", async () => {
    const { services } = createActivityContext(() => storage);
    const kept = await storage.payloads.put("o", { word: "x".repeat(40_000) });
    const input = toolCall("grow", { text: "${input.word.size()}" }, kept);
    const wrong = callTool(services)(input);
    await expect(wrong).rejects.toMatchObject({ code: "tool_input_invalid" });
    const right = toolCall("grow", { text: "n ${input.word.size()}" }, kept);
    const { output } = await callTool(services)(right);
    expect(output).toMatchObject({ $ref: expect.any(String) as string });
    const value = output && (await storage.payloads.get(output));
    expect(value).toEqual({ text: "n 40000".repeat(20_000) });
  });

  test("does not run the tool again once its result is recorded", async () => {
    const { services, used } = createActivityContext(() => storage);
    const input = toolCall("shout", { text: "hey" });
    const first = await callTool(services)(input);
    const again = { ...input, attempt: 2, at: "2026-01-01T00:01:00.000Z" };
    expect(await callTool(services)(again)).toEqual(first);
    expect(first.output).toEqual({ value: { text: "HEY" } });
    expect(used).toEqual(["shout"]);
  });

  test.each([
    ["break", "tool_failed"],
    ["breakOnce", "tool_uncertain"],
    ["nothing", "tool_not_found"],
  ])("of %s fails with %s", async (tool, code) => {
    const { services } = createActivityContext(() => storage);
    const call = callTool(services)(toolCall(tool, { text: "" }));
    await expect(call).rejects.toMatchObject({ code });
  });
});

describe("an expression over large values", () => {
  test("gives a value, or a payload for each item of a list", async () => {
    const items = ["small", "x".repeat(40_000)];
    const scope = createScope("o", await storage.payloads.put("o", items));
    const evaluate = (expression: string, as: "value" | "list") =>
      evaluateExpression({ storage: () => storage })({
        orchestrationId: "o",
        stepId: "s",
        expression,
        as,
        scope,
      });
    expect(await evaluate("input.size() > 1", "value")).toEqual([
      { value: true },
    ]);
    const [small, large] = await evaluate("input", "list");
    expect(small).toEqual({ value: "small" });
    expect(large && (await storage.payloads.get(large))).toBe(items[1]);
    await expect(evaluate("input[0]", "list")).rejects.toMatchObject({
      code: "expression_failed",
    });
  });
});

describe("the end of an orchestration", () => {
  const { log } = createEventLog();
  const started = async (): Promise<string> => {
    const orchestrationId = newOrchestrationId();
    await storage.orchestrations.claim(newClaim(orchestrationId));
    const rows = [
      createEvent({ type: "orchestration.started", at: activityTime }),
    ];
    const record = recordHistory({
      storage: () => storage,
      messaging: () => undefined,
    });
    await record({ orchestrationId, rows, status: "running" }, log);
    return orchestrationId;
  };
  const finish = (input: FinishInput) =>
    finishOrchestration({
      storage: () => storage,
      messaging: () => undefined,
    })(input, log);
  const inputOf = (
    orchestrationId: string,
    result: FinishInput["result"],
  ): FinishInput => ({
    orchestrationId,
    startedAt: activityTime,
    at: "2026-01-01T01:00:00.000Z",
    about: { workflow: "echo", version: "1", tags: {} },
    rows: [],
    usage: { ...noUsage, modelCalls: 2 },
    result,
  });
  const completed = (orchestrationId: string, outputTemplate: Json) =>
    inputOf(orchestrationId, {
      status: "completed",
      outputTemplate,
      scope: createScope(orchestrationId, { value: 7 }),
    });

  test("is written once, however often", async () => {
    const id = await started();
    const input = completed(id, { seven: "${input}" });
    expect(await finish(input)).toEqual({ value: { seven: 7 } });
    expect(await finish(input)).toEqual({ value: { seven: 7 } });
    const found = await storage.orchestrations.find(id);
    expect(found?.summary).toMatchObject({
      status: "completed",
      endedAt: input.at,
      usage: { modelCalls: 2 },
    });
    expect(await storage.orchestrations.output(id)).toEqual({
      value: { seven: 7 },
    });
    const rows = await storage.history.read(id);
    expect(rows.map(({ type }) => type)).toEqual([
      "orchestration.started",
      "orchestration.completed",
    ]);
  });

  test("can be a failure after its output could not be rendered", async () => {
    const id = await started();
    await expect(finish(completed(id, "${input.x.y}"))).rejects.toMatchObject({
      code: "expression_failed",
    });
    const error = { code: "expression_failed", message: "no x" };
    await finish(inputOf(id, { status: "failed", error }));
    const found = await storage.orchestrations.find(id);
    expect(found?.summary).toMatchObject({ status: "failed", error });
    expect(await storage.orchestrations.output(id)).toBeUndefined();
  });
});

test("announcing a step wakes its workflow", async () => {
  // Like the durable client, of no use without its `this`.
  class Client {
    readonly raised: unknown[] = [];
    raiseEvent(...event: unknown[]): Promise<void> {
      this.raised.push(event);
      return Promise.resolve();
    }
  }
  const client = new Client();
  const step = { orchestrationId: "o", stepId: "read.3" };
  await notifyStepSettled(client)(step);
  const data = { stepId: "read.3" };
  expect(client.raised).toEqual([["o", "stepSettled", data]]);
});
