import type { ModelResponse } from "../../../src/models/language-model";
import { UnusableResponseError } from "../../../src/models/unusable-response-error";
import { traceActivity } from "../../../src/telemetry/spans/activity-span";
import {
  traceModelCall,
  traceToolCall,
  type TracedModelCall,
  type TracedToolCall,
} from "../../../src/telemetry/spans/call-spans";
import { createEventLog } from "../../support/telemetry/event-log";
import { startSpanRecorder } from "../../support/telemetry/span-recorder";

const recorder = startSpanRecorder();
afterAll(() => recorder.stop());

/** Runs the call in an activity of the orchestration `o` and returns the attributes of the call's span. */
async function recordCall(name: string, call: () => Promise<unknown>) {
  const { log } = createEventLog();
  const input = { orchestrationId: "o" };
  await traceActivity("test", input, log, call).catch(() => undefined);
  const span = recorder.takeSpans().find((each) => each.name === name);
  return span?.attributes;
}

const modelCall: TracedModelCall = {
  key: "k",
  provider: "azure-openai",
  model: "gpt",
  server: { address: "a.openai.azure.com", port: 443 },
  agent: "planner",
  conversation: "s",
  step: "plan",
  attempt: 2,
  wantsJson: true,
  instructions: "secret instructions",
  messages: [{ role: "user", text: "secret message" }],
};
const response: ModelResponse = {
  text: "secret answer",
  toolCalls: [],
  inputTokens: 3,
  outputTokens: 4,
  model: "gpt-2026",
  finishReason: "stop",
};
const modelAttributes = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "azure.ai.openai",
  "gen_ai.request.model": "gpt",
  "gen_ai.agent.name": "planner",
  "gen_ai.conversation.id": "s",
  "gen_ai.output.type": "json",
  "gen_ai.response.model": "gpt-2026",
  "gen_ai.response.finish_reasons": ["stop"],
  "gen_ai.usage.input_tokens": 3,
  "gen_ai.usage.output_tokens": 4,
  "server.address": "a.openai.azure.com",
  "server.port": 443,
  "aos.step.id": "plan",
  "aos.attempt": 2,
  "aos.orchestration.id": "o",
};
const recordModelCall = (
  call: TracedModelCall,
  callModel: () => Promise<ModelResponse>,
) => recordCall("chat gpt", () => traceModelCall(call, callModel));

describe("traceModelCall", () => {
  test("records the attributes of the semantic conventions without instructions, messages and answer", async () => {
    expect(
      await recordModelCall(modelCall, () => Promise.resolve(response)),
    ).toEqual(modelAttributes);
  });

  test("omits the server of an in-process model and the output type of plain text", async () => {
    const plain = { ...modelCall, server: undefined, wantsJson: false };
    const attributes = await recordModelCall(plain, () =>
      Promise.resolve(response),
    );
    const names = Object.keys(attributes ?? {});
    expect(names).toContain("gen_ai.request.model");
    expect(names).not.toContain("gen_ai.output.type");
    expect(names).not.toContain("server.address");
  });

  test("records the tokens of an unusable response with the error code", async () => {
    const unusable = new UnusableResponseError("The model refused.", response);
    expect(
      await recordModelCall(modelCall, () => Promise.reject(unusable)),
    ).toEqual({ ...modelAttributes, "error.type": "model_failed" });
  });
});

describe("traceToolCall", () => {
  test("records agent and conversation only when a model requested the call", async () => {
    const expected = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "t",
      "gen_ai.tool.type": "function",
      "aos.step.id": "s",
      "aos.attempt": 1,
      "aos.tool.idempotency_key": "k",
      "aos.orchestration.id": "o",
    };
    const toolCall: TracedToolCall = {
      tool: "t",
      idempotencyKey: "k",
      attempt: 1,
      step: "s",
      arguments: "secret",
    };
    const recordToolCall = (call: TracedToolCall) =>
      recordCall("execute_tool t", () =>
        traceToolCall(call, () => Promise.resolve("secret result")),
      );
    expect(await recordToolCall(toolCall)).toEqual(expected);
    const requestedBy = { callId: "c", agent: "a", conversation: "o" };
    expect(await recordToolCall({ ...toolCall, ...requestedBy })).toEqual({
      ...expected,
      "gen_ai.tool.call.id": "c",
      "gen_ai.agent.name": "a",
      "gen_ai.conversation.id": "o",
    });
  });
});
