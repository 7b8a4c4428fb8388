import { readConfig } from "../../../src/config/read-config";
import { createEvent } from "../../../src/domain/history/create-event";
import { readActivityOwner } from "../../../src/telemetry/spans/activity-span";
import {
  type TracedModelCall,
  modelCallAttributes,
  toolCallAttributes,
} from "../../../src/telemetry/spans/call-spans";
import {
  contentAttributes,
  setContentRecording,
  redactSecrets,
} from "../../../src/telemetry/spans/content";
import { toGenAiMessage } from "../../../src/telemetry/spans/gen-ai-messages";
import {
  rootSpanContext,
  parseTraceparent,
} from "../../../src/telemetry/spans/trace-ids";
import {
  turnAttributes,
  readEndedTurn,
} from "../../../src/telemetry/spans/turn-spans";

const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

describe("redaction", () => {
  test.each([
    "AccountName=a;AccountKey=s3cretvalue==;x",
    "Endpoint=sb://a/;SharedAccessKey=s3cretvalue=",
    "https://a/b?sv=1&sig=s3cretvalue%3D",
    "Authorization: Bearer s3cretvalue.and.more",
    '{"apiKey":"s3cretvalue"}',
    '{\\"password\\":\\"s3cretvalue\\"}',
    "sk-s3cretvalue1234567",
    "eyJs3cretvalue00.eyJs3cretvalue11.sig",
  ])("blots the secret out of %s", (text) => {
    expect(redactSecrets(text)).not.toContain("s3cretvalue");
    expect(redactSecrets(text)).toContain("[redacted]");
  });

  test("leaves other text as it is", () => {
    const text = "The key findings: the secret of success is work.";
    expect(redactSecrets(text)).toBe(text);
  });
});

describe("content", () => {
  afterEach(() => {
    setContentRecording(false);
  });

  test("is not even looked at unless it is wanted", () => {
    const look = jest.fn(() => ({ said: "hello" }));
    expect(contentAttributes(look)).toEqual({});
    expect(look).not.toHaveBeenCalled();
  });

  test("is redacted when it is wanted", () => {
    setContentRecording(true);
    expect(contentAttributes(() => ({ said: "sig: ?sig=abc" }))).toEqual({
      said: '"sig: ?sig=[redacted]"',
    });
  });
});

describe("by the conventions", () => {
  const call: TracedModelCall = {
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
  test("a model call says what it is, and nothing that was said", () => {
    const said = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "azure.ai.openai",
      "gen_ai.request.model": "gpt",
      "gen_ai.agent.name": "planner",
      "gen_ai.conversation.id": "s",
      "server.address": "a.openai.azure.com",
      "server.port": 443,
      "aos.step.id": "plan",
      "aos.attempt": 2,
    };
    expect(modelCallAttributes(call)).toEqual({
      ...said,
      "gen_ai.output.type": "json",
    });
    // What was not asked for is not told: neither a server within the process nor the type of any text.
    const plain = modelCallAttributes({
      ...call,
      server: undefined,
      wantsJson: false,
    });
    expect(Object.keys(plain)).not.toContain("gen_ai.output.type");
    expect(Object.keys(plain)).not.toContain("server.address");
  });

  test("a tool call says whose it is", () => {
    const plan = { tool: "t", idempotencyKey: "k", attempt: 1, step: "s" };
    const said = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "t",
      "gen_ai.tool.type": "function",
      "aos.step.id": "s",
      "aos.attempt": 1,
      "aos.tool.idempotency_key": "k",
    };
    expect(toolCallAttributes({ ...plan, arguments: "secret" })).toEqual(said);
    const asked = { callId: "c", agent: "a", conversation: "o" };
    expect(toolCallAttributes({ ...plan, ...asked, arguments: 1 })).toEqual({
      ...said,
      "gen_ai.tool.call.id": "c",
      "gen_ai.agent.name": "a",
      "gen_ai.conversation.id": "o",
    });
  });

  test("messages are made of parts", () => {
    const toolCalls = [{ id: "c", name: "t", arguments: { a: 1 } }];
    expect(
      [
        { role: "user", text: "u" } as const,
        { role: "assistant", text: "", toolCalls } as const,
        { role: "assistant", text: "a", toolCalls: [] } as const,
        { role: "tool", callId: "c", result: 2 } as const,
      ].map(toGenAiMessage),
    ).toEqual([
      { role: "user", parts: [{ type: "text", content: "u" }] },
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "c", name: "t", arguments: { a: 1 } }],
      },
      { role: "assistant", parts: [{ type: "text", content: "a" }] },
      {
        role: "tool",
        parts: [{ type: "tool_call_response", id: "c", response: 2 }],
      },
    ]);
  });
});

test("an orchestration belongs to its request's trace, or to one of its own that is always the same", () => {
  const origin = rootSpanContext("o", `00-${trace}-${parent}-00`);
  expect(origin).toMatchObject({ traceId: trace, spanId: parent });
  expect(rootSpanContext("o", undefined)).toEqual(
    rootSpanContext("o", undefined),
  );
  expect(rootSpanContext("o", undefined)).not.toEqual(
    rootSpanContext("p", undefined),
  );
});

test.each([undefined, 5, "", `00-${"0".repeat(32)}-${parent}-01`, "00-x-y-01"])(
  "%p is no traceparent",
  (value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  },
);

test("a turn is read from the row of its end, and from no other", () => {
  const row = createEvent({
    type: "step.failed",
    at: "2026-01-01T00:00:02.000Z",
    stepId: "plan",
    data: {
      agent: "planner",
      startedAt: "2026-01-01T00:00:01.000Z",
      usage: { inputTokens: 3, outputTokens: 4 },
      conversation: "o@plan",
      outputType: "json",
      provider: "azure-openai",
      model: "gpt",
      error: { code: "model_failed", message: "m" },
    },
  });
  const turn = readEndedTurn(row);
  expect(turn).toEqual({
    stepId: "plan",
    agent: "planner",
    startedAt: "2026-01-01T00:00:01.000Z",
    inputTokens: 3,
    outputTokens: 4,
    conversation: "o@plan",
    outputType: "json",
    provider: "azure-openai",
    model: "gpt",
    error: "model_failed",
  });
  expect(turn && turnAttributes(turn)).toEqual({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "gpt",
    "gen_ai.output.type": "json",
    "gen_ai.agent.name": "planner",
    "gen_ai.conversation.id": "o@plan",
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.output_tokens": 4,
    "aos.step.id": "plan",
  });
  expect(readEndedTurn({ ...row, type: "step.started" })).toBeUndefined();
  expect(readEndedTurn({ ...row, data: { kind: "tool" } })).toBeUndefined();
});

test("every input of an activity says where it belongs", () => {
  const at = { orchestrationId: "o", stepId: "s", traceparent: "t" };
  expect(readActivityOwner({ turn: at })).toEqual({ ...at, isTurn: true });
  expect(readActivityOwner({ call: { turn: at } })).toEqual({
    ...at,
    isTurn: true,
  });
  expect(readActivityOwner({ call: { step: at } })).toEqual({
    ...at,
    isTurn: false,
  });
  expect(
    readActivityOwner({ orchestrationId: "o", about: { traceparent: "t" } }),
  ).toEqual({ orchestrationId: "o", traceparent: "t", isTurn: false });
  expect(readActivityOwner(null)).toBeUndefined();
});

describe("the settings of telemetry", () => {
  const storage = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };
  test("tell nobody by themselves", () => {
    expect(readConfig(storage).telemetry).toBeUndefined();
  });
  test("tell Application Insights, signed in as the identity that is named", () => {
    expect(
      readConfig({
        ...storage,
        APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=k",
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING:
          "ClientId=c;Authorization=AAD",
        OTEL_SERVICE_NAME: "n",
      }).telemetry,
    ).toEqual({
      serviceName: "n",
      content: false,
      otlp: [],
      applicationInsights: {
        connectionString: "InstrumentationKey=k",
        identity: { clientId: "c" },
      },
    });
  });
  test("tell a collector", () => {
    expect(
      readConfig({
        ...storage,
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
        AOS_TELEMETRY_CONTENT: "true",
      }).telemetry,
    ).toEqual({
      serviceName: "aos",
      content: true,
      otlp: ["traces", "metrics"],
    });
  });
  test("tell a collector of one kind only", () => {
    const settings = {
      ...storage,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://localhost:4318/v1/metrics",
    };
    expect(readConfig(settings).telemetry?.otlpSignals).toEqual(["metrics"]);
  });
  test("tell nobody when telemetry is switched off, whatever else they say", () => {
    const settings = {
      ...storage,
      APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=k",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
    };
    const told = (OTEL_SDK_DISABLED: string) =>
      readConfig({ ...settings, OTEL_SDK_DISABLED }).telemetry !== undefined;
    expect([told("True"), told("false"), told("yes")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
