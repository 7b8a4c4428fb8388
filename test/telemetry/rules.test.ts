import { readConfig } from "../../src/config";
import { historyRow } from "../../src/model/history-rows";
import { AosError } from "../../src/errors";
import { activitySpan, belongingOf } from "../../src/telemetry/activity";
import { modelAttributes } from "../../src/telemetry/calls";
import { content, recordContent, redacted } from "../../src/telemetry/content";
import { logEvent, trailOf } from "../../src/telemetry/log";
import { originOf, traceparentOf } from "../../src/telemetry/trace-ids";
import { turnOf } from "../../src/telemetry/turns";
import { eventLog } from "../support/event-log";

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
    expect(redacted(text)).not.toContain("s3cretvalue");
    expect(redacted(text)).toContain("[redacted]");
  });

  test("leaves other text as it is", () => {
    const text = "The key findings: the secret of success is work.";
    expect(redacted(text)).toBe(text);
  });
});

describe("content", () => {
  afterEach(() => {
    recordContent(false);
  });

  test("is not even looked at unless it is wanted", () => {
    const look = jest.fn(() => ({ said: "hello" }));
    expect(content(look)).toEqual({});
    expect(look).not.toHaveBeenCalled();
  });

  test("is redacted when it is wanted", () => {
    recordContent(true);
    expect(content(() => ({ said: "sig: ?sig=abc" }))).toEqual({
      said: '"sig: ?sig=[redacted]"',
    });
  });
});

test("a model call says by the conventions what it is", () => {
  expect(
    modelAttributes({
      key: "k",
      provider: "azure-openai",
      model: "gpt",
      agent: "planner",
      conversation: "s",
      step: "plan",
      attempt: 2,
      instructions: "secret instructions",
      messages: ["secret message"],
    }),
  ).toEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "gpt",
    "gen_ai.agent.name": "planner",
    "gen_ai.conversation.id": "s",
    "aos.step.id": "plan",
    "aos.attempt": 2,
  });
});

test("an orchestration belongs to its request's trace, or to one of its own that is always the same", () => {
  const origin = originOf("o", `00-${trace}-${parent}-00`);
  expect(origin).toMatchObject({ traceId: trace, spanId: parent });
  expect(originOf("o", undefined)).toEqual(originOf("o", undefined));
  expect(originOf("o", undefined)).not.toEqual(originOf("p", undefined));
});

test.each([undefined, 5, "", `00-${"0".repeat(32)}-${parent}-01`, "00-x-y-01"])(
  "%p is no traceparent",
  (value) => {
    expect(traceparentOf(value)).toBeUndefined();
  },
);

test("a turn is read from the row of its end, and from no other", () => {
  const row = historyRow({
    type: "step.failed",
    at: "2026-01-01T00:00:02.000Z",
    stepId: "plan",
    data: {
      agent: "planner",
      startedAt: "2026-01-01T00:00:01.000Z",
      usage: { inputTokens: 3, outputTokens: 4 },
      error: { code: "model_failed", message: "m" },
    },
  });
  expect(turnOf(row)).toEqual({
    stepId: "plan",
    agent: "planner",
    startedAt: "2026-01-01T00:00:01.000Z",
    inputTokens: 3,
    outputTokens: 4,
    error: "model_failed",
  });
  expect(turnOf({ ...row, type: "step.started" })).toBeUndefined();
  expect(turnOf({ ...row, data: { kind: "tool" } })).toBeUndefined();
});

test("every input of an activity says where it belongs", () => {
  const at = { orchestrationId: "o", stepId: "s", traceparent: "t" };
  expect(belongingOf({ turn: at })).toEqual({ ...at, isTurn: true });
  expect(belongingOf({ call: { turn: at } })).toEqual({ ...at, isTurn: true });
  expect(belongingOf({ call: { step: at } })).toEqual({ ...at, isTurn: false });
  expect(
    belongingOf({ orchestrationId: "o", about: { traceparent: "t" } }),
  ).toEqual({ orchestrationId: "o", traceparent: "t", isTurn: false });
  expect(belongingOf(null)).toBeUndefined();
});

describe("the log", () => {
  test("has the fields of its events, and nothing else that it is given", () => {
    const { log, events } = eventLog();
    const given = { orchestrationId: "o", workflow: "w", by: "http" };
    logEvent(
      log,
      "orchestration.started",
      Object.assign(given, { prompt: "p" }),
    );
    logEvent(log, "claim.left", { orchestrationId: "o", code: undefined });
    expect(events).toEqual([
      {
        level: "info",
        event: "orchestration.started",
        orchestrationId: "o",
        workflow: "w",
        by: "http",
      },
      { level: "warn", event: "claim.left", orchestrationId: "o" },
    ]);
  });

  test("has no line longer than the ids that others make may be", () => {
    const { log, events } = eventLog();
    const messageId = "x".repeat(100_000);
    logEvent(log, "message.rejected", { messageId, queue: "q", code: "c" });
    expect(JSON.stringify(events).length).toBeLessThan(500);
  });

  test("tells where an error came from without saying what it says", () => {
    const cause = Object.assign(new Error("connect xylophone"), {
      code: "ECONNREFUSED",
    });
    const thrown = new AosError("storage_unavailable", "xylophone\n  at home", {
      cause,
    });
    const trail = trailOf(thrown);
    expect(trail).toMatch(/^AosError storage_unavailable\n\s+at .*rules\.test/);
    expect(trail).toContain("caused by Error ECONNREFUSED");
    expect(trail).not.toContain("xylophone");
    expect(trailOf("xylophone")).toBe("string");
  });
});

describe("an attempt that fails", () => {
  test.each([
    ["callModel", "model.failed", { attempt: 2 }],
    ["callTool", "tool.failed", { attempt: 2, tool: "t", idempotencyKey: "k" }],
    [
      "evaluateExpression",
      "activity.failed",
      { activity: "evaluateExpression" },
    ],
  ])(
    "of %s is logged as %s, by its ids and code",
    async (name, event, more) => {
      const { log, events } = eventLog();
      const input = {
        turn: { orchestrationId: "o", stepId: "s" },
        attempt: 2,
        tool: "t",
        idempotencyKey: "k",
        prompt: "xylophone",
      };
      const failing = activitySpan(name, input, log, () =>
        Promise.reject(new AosError("tool_failed", "xylophone")),
      );
      await expect(failing).rejects.toThrow("xylophone");
      expect(events).toEqual([
        {
          level: "warn",
          event,
          orchestrationId: "o",
          stepId: "s",
          code: "tool_failed",
          ...more,
        },
      ]);
    },
  );
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
      otlp: false,
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
    ).toEqual({ serviceName: "aos", content: true, otlp: true });
  });
});
