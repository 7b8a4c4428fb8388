import { ServiceBusClient } from "@azure/service-bus";
import { createTemporaryFolder } from "../../../local-cloud/test/support/cli/cloud-process";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import { pollUntil } from "../../support/http/api-client";
import {
  createAbandonedClaim,
  expectedChatAttributes,
  leakedSecret,
} from "../../support/telemetry/counterparts";
import {
  expectedLogEvent,
  filterByOperation,
  type Histogram,
  parseLogEvents,
  readPoints,
  sumValues,
  withHistogramCount,
  withHistogramSum,
} from "../../support/telemetry/observed-host";
import {
  type ObservedPipeline,
  startObservedPipeline,
} from "../../support/telemetry/observed-pipeline";

const folder = createTemporaryFolder();
let pipeline: ObservedPipeline;
beforeAll(async () => {
  pipeline = await startObservedPipeline(folder);
});
afterAll(() => pipeline.stop());

const agent = (prompt: string) => ({ kind: "agent", agent: "reader", prompt });
const chatAttributes = () => expectedChatAttributes(pipeline.chat.url);

test("spans of model and tool calls have the attributes of the semantic conventions", async () => {
  const spans = await pipeline.runStep("reading", agent("read"));
  const chats = filterByOperation(spans, "chat");
  expect(chats.map(({ name }) => name)).toEqual(Array(2).fill("chat gpt-test"));
  expect(chats.map(({ attributes }) => attributes)).toEqual(
    ["tool_calls", "stop"].map((reason) => ({
      ...chatAttributes(),
      "gen_ai.conversation.id": "reading@s",
      "gen_ai.output.type": "json",
      "gen_ai.response.id": "completion-1",
      "gen_ai.response.model": "test-model-2026",
      "gen_ai.response.finish_reasons": [reason],
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 5,
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.reasoning.output_tokens": 2,
      "aos.step.id": "s",
      "aos.attempt": 1,
      "aos.orchestration.id": "reading",
    })),
  );
  expect(filterByOperation(spans, "invoke_agent")[0]?.attributes).toMatchObject(
    {
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-test",
      "gen_ai.conversation.id": "reading@s",
      "gen_ai.usage.input_tokens": 24,
      "gen_ai.usage.output_tokens": 10,
    },
  );
  expect(filterByOperation(spans, "execute_tool")[0]?.attributes).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "readDocument",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "call-7",
    "gen_ai.agent.name": "reader",
    "gen_ai.conversation.id": "reading@s",
    "aos.step.id": "s",
    "aos.attempt": 1,
    "aos.tool.idempotency_key": "reading/s/1/call-7",
    "aos.orchestration.id": "reading",
  });
});

test("spans and log events of failures contain the code and not the message", async () => {
  const refused = await pipeline.runStep("refused", agent("xylophone"));
  const wrong = await pipeline.runStep("wrong", {
    kind: "tool",
    tool: "readDocument",
    input: { name: "xylophone.txt" },
  });
  expect(filterByOperation(refused, "chat")[0]?.attributes).toMatchObject({
    ...chatAttributes(),
    "error.type": "model_failed",
  });
  // No model answered, so provider and model are absent.
  expect(filterByOperation(refused, "invoke_agent")[0]?.attributes).toEqual({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.output.type": "json",
    "gen_ai.agent.name": "reader",
    "gen_ai.conversation.id": "refused@s",
    "gen_ai.usage.input_tokens": 0,
    "gen_ai.usage.output_tokens": 0,
    "aos.step.id": "s",
    "aos.orchestration.id": "refused",
    "error.type": "model_failed",
  });
  expect(filterByOperation(wrong, "execute_tool")[0]?.attributes).toMatchObject(
    {
      "error.type": "tool_input_invalid",
    },
  );
  expect(JSON.stringify([refused, wrong])).not.toContain("xylophone");
  // The host logs the message of a thrown error.
  expect(pipeline.host.output()).toContain("api_key=[redacted]");
  expect(pipeline.host.output()).not.toContain(leakedSecret);
  expect((await pipeline.waitForEnd("refused")).error?.message).not.toContain(
    leakedSecret,
  );
  const code = "model_failed";
  const fields = { stepId: "s", code };
  expect(pipeline.readLogEvents("refused")).toEqual([
    expectedLogEvent("refused", "orchestration.started", {
      workflow: "refused",
      by: "http",
    }),
    expectedLogEvent("refused", "model.failed", { ...fields, attempt: 1 }),
    expectedLogEvent("refused", "step.failed", { ...fields, agent: "reader" }),
    expectedLogEvent("refused", "orchestration.failed", {
      workflow: "refused",
      code,
    }),
  ]);
  expect(pipeline.readLogEvents("wrong")).toContainEqual({
    event: "tool.failed",
    orchestrationId: "wrong",
    stepId: "s",
    tool: "readDocument",
    idempotencyKey: "wrong/s",
    attempt: 1,
    code: "tool_input_invalid",
  });
});

test("the span of a truncated answer has model_failed and its token usage", async () => {
  const spans = await pipeline.runStep("long", agent("at length"));
  expect(filterByOperation(spans, "chat")[0]?.attributes).toMatchObject({
    "gen_ai.response.finish_reasons": ["length"],
    "gen_ai.usage.output_tokens": 5,
    "error.type": "model_failed",
  });
});

test("the sweeper logs claim.taken_over for an abandoned claim", async () => {
  const id = "left-behind";
  await createAbandonedClaim(pipeline.azurite.connectionString, id);
  const headers = { "content-type": "application/json" };
  const sweeperUrl = `${pipeline.host.url}/admin/functions/sweepClaims`;
  await fetch(sweeperUrl, { method: "POST", headers, body: "{}" });
  await pipeline.waitForEnd(id);
  const by = "sweeper";
  const workflow = "echo";
  expect(pipeline.readLogEvents(id)).toEqual([
    expectedLogEvent(id, "claim.taken_over", { reason: "starter_died", by }),
    expectedLogEvent(id, "orchestration.started", { workflow, by }),
    expectedLogEvent(id, "orchestration.completed", { workflow }),
  ]);
});

test("rejected requests and sent responses are logged", async () => {
  const client = new ServiceBusClient(pipeline.broker.connectionString);
  const send = (messageId: string, body: unknown) =>
    client
      .createSender("agent-session-requests")
      .sendMessages({ body, messageId, sessionId: "talk" });
  await send("first", { id: "first", definition: echoWorkflow });
  await send("second", { id: "second", definition: echoWorkflow });
  await send("wrong-message", { xylophone: 1 });
  await Promise.all([
    pipeline.waitForEnd("first"),
    pipeline.waitForEnd("second"),
  ]);
  await client.close();
  const rejections = () =>
    parseLogEvents(pipeline.host.output()).filter(
      (event) => event.event === "message.rejected",
    );
  await pollUntil(
    () => Promise.resolve(rejections()),
    (events) => events.length > 0,
  );
  expect(rejections()).toEqual([
    {
      event: "message.rejected",
      messageId: "wrong-message",
      queue: "agent-session-requests",
      code: "invalid_request",
    },
  ]);
  await pollUntil(
    () => Promise.resolve(pipeline.readLogEvents("second")),
    (events) => events.length > 2,
  );
  expect(pipeline.readLogEvents("second")).toContainEqual({
    event: "response.sent",
    orchestrationId: "second",
    messageId: "second:response",
    queue: "agent-responses",
  });
});

describe("metrics of the runs above", () => {
  const pointsOf = (metric: string) => readPoints(pipeline.file, metric);
  beforeAll(() => pipeline.host.stop());

  test("count starts by starter and failures by error code", () => {
    const starts = pointsOf("aos.orchestration.starts");
    const byHttp = ["reading", "refused", "wrong", "long"].map((workflow) => ({
      "aos.workflow.name": workflow,
      "aos.start.by": "http",
      value: 1,
    }));
    expect(starts).toEqual(expect.arrayContaining(byHttp));
    const startedBySweeper = {
      "aos.workflow.name": "echo",
      "aos.start.by": "sweeper",
    };
    expect(starts).toContainEqual({ ...startedBySweeper, value: 1 });
    expect(sumValues(starts)).toBe(7);
    const failures = [
      ["refused", "model_failed"],
      ["wrong", "tool_input_invalid"],
      ["long", "model_failed"],
    ];
    expect(pointsOf("aos.orchestration.failures")).toEqual(
      failures.map(([workflow, code]) => ({
        "aos.workflow.name": workflow,
        "error.type": code,
        value: 1,
      })),
    );
  });

  test("count takeovers by reason", () => {
    const takeovers = pointsOf("aos.claim.takeovers");
    const withReason = (reason: string) =>
      takeovers.filter((point) =>
        JSON.stringify(point).includes(
          `"aos.claim.takeover.reason":"${reason}"`,
        ),
      );
    expect(withReason("starter_died")).toEqual([
      {
        "aos.claim.takeover.reason": "starter_died",
        "aos.start.by": "sweeper",
        value: 1,
      },
    ]);
    expect(sumValues(withReason("turn_came"))).toBe(2);
    expect(sumValues(takeovers)).toBe(3);
  });

  test("count turns and record token usage and durations", () => {
    expect(pointsOf("aos.turns")).toEqual([
      { "gen_ai.agent.name": "reader", value: 1 },
      { "gen_ai.agent.name": "reader", "error.type": "model_failed", value: 2 },
    ]);
    const attributes = {
      ...chatAttributes(),
      "gen_ai.response.model": "test-model-2026",
    };
    expect(pointsOf("gen_ai.client.token.usage").map(withHistogramSum)).toEqual(
      [
        { ...attributes, "gen_ai.token.type": "input", value: 36 },
        { ...attributes, "gen_ai.token.type": "output", value: 15 },
      ],
    );
    expect(
      pointsOf("gen_ai.client.operation.duration").map(withHistogramCount),
    ).toEqual([
      { ...chatAttributes(), value: 2 },
      { ...chatAttributes(), "error.type": "model_failed", value: 2 },
    ]);
    const tool = { "gen_ai.tool.name": "readDocument" };
    expect(pointsOf("aos.tool.duration").map(withHistogramCount)).toEqual([
      { ...tool, value: 1 },
      { ...tool, "error.type": "tool_input_invalid", value: 1 },
    ]);
    const [duration] = pointsOf("aos.tool.duration");
    const { sum, buckets } = duration?.value as Histogram;
    expect(sum > 0 && sum < 10).toBe(true);
    expect(buckets.boundaries.slice(0, 3)).toEqual([0.01, 0.02, 0.04]);
  });
});
