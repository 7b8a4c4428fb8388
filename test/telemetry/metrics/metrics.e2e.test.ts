import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import {
  type ChatServer,
  startChatServer,
} from "../../support/models/chat-server";
import { createApiClient, pollUntil } from "../../support/http/api-client";
import {
  type Azurite,
  startAzurite,
} from "../../../local-cloud/test/support/storage/azurite";
import {
  type TestBroker,
  startTestBroker,
} from "../../support/messaging/test-broker";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import {
  type ListeningProcess,
  createTemporaryFolder,
} from "../../../local-cloud/test/support/cli/cloud-process";
import {
  withHistogramCount,
  expectedLogEvent,
  parseLogEvents,
  type Histogram,
  filterByOperation,
  readPoints,
  readOrchestrationSpans,
  startObservedHost,
  withHistogramSum,
  type ExportedSpan,
  sumValues,
} from "../../support/telemetry/observed-host";
import {
  answerChatRequest,
  expectedChatAttributes,
  createAbandonedClaim,
  leakedSecret,
} from "../../support/telemetry/counterparts";

const folder = createTemporaryFolder();
const file = join(folder, "told");

let azurite: Azurite;
let broker: TestBroker;
let chat: ChatServer;
let host: ListeningProcess;
beforeAll(async () => {
  azurite = await startAzurite();
  broker = await startTestBroker();
  chat = await startChatServer(answerChatRequest);
  host = await startObservedHost(join(folder, "data"), file, {
    AzureWebJobsStorage: azurite.connectionString,
    AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    AOS_MODEL_PROVIDER: "openai",
    OPENAI_BASE_URL: chat.url,
    OPENAI_MODEL: "gpt-test",
  });
});
afterAll(async () => {
  await host.stop();
  await chat[Symbol.asyncDispose]();
  await broker.stop();
  await azurite.stop();
});

/** Runs a workflow of one step, named as it, to its end; gives its spans. */
async function run(id: string, step: object): Promise<readonly ExportedSpan[]> {
  const definition = { name: id, version: "1", steps: [{ id: "s", ...step }] };
  await createApiClient(host.url).start({ id, definition });
  await ended(id);
  return pollUntil(
    () => Promise.resolve(readOrchestrationSpans(file, id)),
    (spans) => spans.some(({ name }) => name === "finishOrchestration"),
  );
}
const ended = (id: string) =>
  pollUntil(
    () => createApiClient(host.url).status(id, "20s"),
    ({ body }) => body.status === "completed" || body.status === "failed",
  );
const logged = (id: string) =>
  parseLogEvents(host.output()).filter(
    (event) => event["orchestrationId"] === id,
  );

const agent = (prompt: string) => ({ kind: "agent", agent: "reader", prompt });
const asked = () => expectedChatAttributes(chat.url);

test("calls of a provider and of a tool say by the conventions what they were", async () => {
  const spans = await run("reading", agent("read"));
  const chats = filterByOperation(spans, "chat");
  expect(chats.map(({ name }) => name)).toEqual(Array(2).fill("chat gpt-test"));
  expect(chats.map(({ attributes }) => attributes)).toEqual(
    ["tool_calls", "stop"].map((reason) => ({
      ...asked(),
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

test("what fails is told by its code alone, in spans and in the log", async () => {
  const refused = await run("refused", agent("xylophone"));
  const wrong = await run("wrong", {
    kind: "tool",
    tool: "readDocument",
    input: { name: "xylophone.txt" },
  });
  expect(filterByOperation(refused, "chat")[0]?.attributes).toMatchObject({
    ...asked(),
    "error.type": "model_failed",
  });
  // No model has answered, so that none can be named.
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
  // The host logs what a function throws with its message.
  expect(host.output()).toContain("api_key=[redacted]");
  expect(host.output()).not.toContain(leakedSecret);
  expect((await ended("refused")).body.error?.message).not.toContain(
    leakedSecret,
  );
  const code = "model_failed";
  const told = { stepId: "s", code };
  expect(logged("refused")).toEqual([
    expectedLogEvent("refused", "orchestration.started", {
      workflow: "refused",
      by: "http",
    }),
    expectedLogEvent("refused", "model.failed", { ...told, attempt: 1 }),
    expectedLogEvent("refused", "step.failed", { ...told, agent: "reader" }),
    expectedLogEvent("refused", "orchestration.failed", {
      workflow: "refused",
      code,
    }),
  ]);
  expect(logged("wrong")).toContainEqual({
    event: "tool.failed",
    orchestrationId: "wrong",
    stepId: "s",
    tool: "readDocument",
    idempotencyKey: "wrong/s",
    attempt: 1,
    code: "tool_input_invalid",
  });
});

test("an answer that was cut off is a failure that has cost its tokens", async () => {
  const spans = await run("long", agent("at length"));
  expect(filterByOperation(spans, "chat")[0]?.attributes).toMatchObject({
    "gen_ai.response.finish_reasons": ["length"],
    "gen_ai.usage.output_tokens": 5,
    "error.type": "model_failed",
  });
});

test("a starter that died is told of by the sweeper that takes its claim over", async () => {
  const id = "left-behind";
  await createAbandonedClaim(azurite.connectionString, id);
  const headers = { "content-type": "application/json" };
  const sweeper = `${host.url}/admin/functions/sweepClaims`;
  await fetch(sweeper, { method: "POST", headers, body: "{}" });
  await ended(id);
  const by = "sweeper";
  const workflow = "echo";
  expect(logged(id)).toEqual([
    expectedLogEvent(id, "claim.taken_over", { reason: "starter_died", by }),
    expectedLogEvent(id, "orchestration.started", { workflow, by }),
    expectedLogEvent(id, "orchestration.completed", { workflow }),
  ]);
});

test("messages are told of by what became of them", async () => {
  const client = new ServiceBusClient(broker.connectionString);
  const send = (messageId: string, body: unknown) =>
    client
      .createSender("agent-session-requests")
      .sendMessages({ body, messageId, sessionId: "talk" });
  await send("first", { id: "first", definition: echoWorkflow });
  await send("second", { id: "second", definition: echoWorkflow });
  await send("wrong-message", { xylophone: 1 });
  await Promise.all([ended("first"), ended("second")]);
  await client.close();
  const rejected = () =>
    parseLogEvents(host.output()).filter(
      (told) => told.event === "message.rejected",
    );
  await pollUntil(
    () => Promise.resolve(rejected()),
    (events) => events.length > 0,
  );
  expect(rejected()).toEqual([
    {
      event: "message.rejected",
      messageId: "wrong-message",
      queue: "agent-session-requests",
      code: "invalid_request",
    },
  ]);
  await pollUntil(
    () => Promise.resolve(logged("second")),
    (events) => events.length > 2,
  );
  expect(logged("second")).toContainEqual({
    event: "response.sent",
    orchestrationId: "second",
    messageId: "second:response",
    queue: "agent-responses",
  });
});

describe("the measures of all that", () => {
  const points = (metric: string) => readPoints(file, metric);
  beforeAll(() => host.stop());

  test("are the orchestrations that were started, by whom, and those that failed, by what", () => {
    const starts = points("aos.orchestration.starts");
    const byHttp = ["reading", "refused", "wrong", "long"].map((workflow) => ({
      "aos.workflow.name": workflow,
      "aos.start.by": "http",
      value: 1,
    }));
    expect(starts).toEqual(expect.arrayContaining(byHttp));
    const swept = { "aos.workflow.name": "echo", "aos.start.by": "sweeper" };
    expect(starts).toContainEqual({ ...swept, value: 1 });
    expect(sumValues(starts)).toBe(7);
    const failures = [
      ["refused", "model_failed"],
      ["wrong", "tool_input_invalid"],
      ["long", "model_failed"],
    ];
    expect(points("aos.orchestration.failures")).toEqual(
      failures.map(([workflow, code]) => ({
        "aos.workflow.name": workflow,
        "error.type": code,
        value: 1,
      })),
    );
  });

  test("are the claims that changed hands, and why", () => {
    const takeovers = points("aos.claim.takeovers");
    const because = (reason: string) =>
      takeovers.filter((told) =>
        JSON.stringify(told).includes(
          `"aos.claim.takeover.reason":"${reason}"`,
        ),
      );
    expect(because("starter_died")).toEqual([
      {
        "aos.claim.takeover.reason": "starter_died",
        "aos.start.by": "sweeper",
        value: 1,
      },
    ]);
    expect(sumValues(because("turn_came"))).toBe(2);
    expect(sumValues(takeovers)).toBe(3);
  });

  test("are the turns, and what the calls of models and tools took", () => {
    expect(points("aos.turns")).toEqual([
      { "gen_ai.agent.name": "reader", value: 1 },
      { "gen_ai.agent.name": "reader", "error.type": "model_failed", value: 2 },
    ]);
    const of = { ...asked(), "gen_ai.response.model": "test-model-2026" };
    expect(points("gen_ai.client.token.usage").map(withHistogramSum)).toEqual([
      { ...of, "gen_ai.token.type": "input", value: 36 },
      { ...of, "gen_ai.token.type": "output", value: 15 },
    ]);
    expect(
      points("gen_ai.client.operation.duration").map(withHistogramCount),
    ).toEqual([
      { ...asked(), value: 2 },
      { ...asked(), "error.type": "model_failed", value: 2 },
    ]);
    const tool = { "gen_ai.tool.name": "readDocument" };
    expect(points("aos.tool.duration").map(withHistogramCount)).toEqual([
      { ...tool, value: 1 },
      { ...tool, "error.type": "tool_input_invalid", value: 1 },
    ]);
    const [took] = points("aos.tool.duration");
    const { sum, buckets } = took?.value as Histogram;
    expect(sum > 0 && sum < 10).toBe(true);
    expect(buckets.boundaries.slice(0, 3)).toEqual([0.01, 0.02, 0.04]);
  });
});
