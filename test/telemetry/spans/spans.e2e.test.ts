import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { createApiClient, pollUntil } from "../../support/http/api-client";
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
  symmetricDifference,
  distinctSpans,
  parseLogEvents,
  filterByOperation,
  readSpans,
  startObservedHost,
  readStartTraceparents,
  sumAttribute,
  renderSpanTree,
} from "../../support/telemetry/observed-host";

const folder = createTemporaryFolder();
const file = join(folder, "telemetry");
const review = { workflow: "document-review" };

let broker: TestBroker;
let host: ListeningProcess;
const start = (env: Readonly<Record<string, string>> = {}) =>
  startObservedHost(join(folder, "data"), file, {
    AZURE_SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    ...env,
  });
beforeAll(async () => {
  writeFileSync(file, "");
  broker = await startTestBroker();
  host = await start();
});
afterAll(async () => {
  await host.stop();
  await broker.stop();
});

const newTrace = () => {
  const traceId = randomBytes(16).toString("hex");
  const spanId = `1${randomBytes(8).toString("hex").slice(1)}`;
  return { traceId, spanId, header: `00-${traceId}-${spanId}-00` };
};
const spansIn = ({ traceId }: { readonly traceId: string }) =>
  readSpans(file).filter((span) => span.traceId === traceId);
const waitForCompletion = async (id: string) => {
  const response = await pollUntil(
    () => createApiClient(host.url).status(id, "20s"),
    ({ body }) => body.status === "completed",
  );
  return response.body;
};
/** Waits for the span of the last activity, which ends after the orchestration. */
const waitForTrace = (trace: ReturnType<typeof newTrace>) =>
  pollUntil(
    () => Promise.resolve(spansIn(trace)),
    (spans) => spans.some(({ name }) => name === "finishOrchestration"),
  );

let tree: readonly string[] = [];

/**
 * The number of these activities varies between runs: `recordHistory` writes the events that are pending when the workflow
 * waits, and `announceStep` runs only when other steps run concurrently. They have no children and no other attributes.
 */
const timingDependent =
  /^(recordHistory|announceStep) \{"aos\.activity\.name":"(recordHistory|announceStep)"(,"aos\.step\.id":"[\w.]+")?\}$/;
const differencesFromTree = (other: readonly string[]) =>
  symmetricDifference(tree, other).filter(
    (span) => !timingDependent.test(span),
  );

test("a review started over HTTP exports one tree below the request with the tokens that the API returns", async () => {
  const trace = newTrace();
  const { body } = await createApiClient(host.url).start(review, {
    traceparent: trace.header,
  });
  const { usage } = await waitForCompletion(body.id);
  const spans = await waitForTrace(trace);
  tree = renderSpanTree(spans);

  expect(distinctSpans(spans)).toHaveLength(spans.length);
  const topSpans = spans.filter(({ parent }) => parent === trace.spanId);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const orphans = spans.filter(
    ({ parent = "" }) => parent !== trace.spanId && !ids.has(parent),
  );
  expect(orphans).toEqual([]);
  expect(topSpans.length).toBeGreaterThan(3);
  expect(
    spans.map(({ attributes }) => attributes["aos.orchestration.id"]),
  ).toEqual(spans.map(() => body.id));
  expect(tree).toContainEqual(
    expect.stringMatching(
      /^invoke_agent planner > callModel > chat offline \{/,
    ),
  );
  expect(tree).toContainEqual(
    expect.stringMatching(/^callTool > execute_tool \w+ \{/),
  );
  expect(tree.filter((path) => /agentTurn|agentWorkflow/.test(path))).toEqual(
    [],
  );
  expect(readStartTraceparents(file, body.id)).toEqual([trace.header]);
  const plannerSpan = spans.find(({ name }) => name === "invoke_agent planner");
  expect(plannerSpan?.attributes).toEqual({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.provider.name": "offline",
    "gen_ai.request.model": "offline",
    "gen_ai.output.type": "json",
    "gen_ai.agent.name": "planner",
    "gen_ai.conversation.id": `${body.id}@plan`,
    "gen_ai.usage.input_tokens": expect.any(Number) as number,
    "gen_ai.usage.output_tokens": expect.any(Number) as number,
    "aos.step.id": "plan",
    "aos.orchestration.id": body.id,
  });
  for (const operation of ["chat", "invoke_agent"]) {
    expect(sumAttribute(spans, operation, "gen_ai.usage.input_tokens")).toBe(
      usage.inputTokens,
    );
    expect(sumAttribute(spans, operation, "gen_ai.usage.output_tokens")).toBe(
      usage.outputTokens,
    );
  }
  expect(filterByOperation(spans, "chat")).toHaveLength(usage.modelCalls);
  expect(filterByOperation(spans, "execute_tool")).toHaveLength(
    usage.toolCalls,
  );
});

test("a review started by a message exports the same tree below the message", async () => {
  const trace = newTrace();
  const id = "by-message";
  const client = new ServiceBusClient(broker.connectionString);
  await client.createSender("agent-requests").sendMessages({
    body: { ...review, id },
    messageId: id,
    applicationProperties: { "Diagnostic-Id": trace.header },
  });
  await client.close();
  const spans = await waitForTrace(trace);
  expect(spans[0]?.attributes["aos.orchestration.id"]).toBe(id);
  expect(differencesFromTree(renderSpanTree(spans))).toEqual([]);
  expect(readStartTraceparents(file, id)).toEqual([trace.header]);
});

test("a review on a host that was killed exports the same tree with the same span ids", async () => {
  const trace = newTrace();
  const { body } = await createApiClient(host.url).start(review, {
    traceparent: trace.header,
  });
  await pollUntil(
    () => Promise.resolve(spansIn(trace)),
    (spans) => spans.some(({ name }) => name.startsWith("chat ")),
  );
  await host.kill();
  const before = spansIn(trace);
  expect(before.some(({ name }) => name === "finishOrchestration")).toBe(false);
  host = await start();
  const { usage } = await waitForCompletion(body.id);
  const spans = distinctSpans(await waitForTrace(trace));
  expect(differencesFromTree(renderSpanTree(spans))).toEqual([]);
  expect(sumAttribute(spans, "chat", "gen_ai.usage.input_tokens")).toBe(
    usage.inputTokens,
  );
  expect(
    sumAttribute(spans, "invoke_agent", "gen_ai.usage.output_tokens"),
  ).toBe(usage.outputTokens);
});

test("a request without a traceparent starts the hub's instance with the trace of its spans", async () => {
  const { body } = await createApiClient(host.url).start({
    definition: echoWorkflow,
  });
  await waitForCompletion(body.id);
  const span = await pollUntil(
    () => Promise.resolve(readSpans(file)),
    (spans) => spans.some(({ attributes }) => belongsTo(attributes, body.id)),
  ).then((spans) =>
    spans.find(({ attributes }) => belongsTo(attributes, body.id)),
  );
  expect(readStartTraceparents(file, body.id)).toEqual([
    `00-${span?.traceId}-${span?.parent}-01`,
  ]);
});
const belongsTo = (attributes: Readonly<Record<string, unknown>>, id: string) =>
  attributes["aos.orchestration.id"] === id;

const secrets = [
  "xylophone",
  "abc123secret",
  "abcdefgh12345678",
  "hunter2hunter2",
];
const focus =
  "Look for xylophone. AccountKey=abc123secret==; Bearer abcdefgh12345678; password=hunter2hunter2";
const contentAttributes = [
  "gen_ai.system_instructions",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
];
/** Reviews one document with secrets in the input, which the prompts contain. */
const runReviewWithSecrets = async () => {
  const trace = newTrace();
  const documents = ["contract-office-lease.txt"];
  const { body } = await createApiClient(host.url).start(
    { ...review, input: { focus, documents } },
    { traceparent: trace.header },
  );
  await waitForCompletion(body.id);
  return { id: body.id, exported: JSON.stringify(await waitForTrace(trace)) };
};

test("spans contain prompts and answers only when enabled, and neither spans nor log contain secrets", async () => {
  const { id, exported } = await runReviewWithSecrets();
  expect(secrets.filter((secret) => exported.includes(secret))).toEqual([]);
  expect(contentAttributes.filter((name) => exported.includes(name))).toEqual(
    [],
  );
  // Orchestrators are replayed with every step, and log each event once.
  const fields = { orchestrationId: id, workflow: "document-review" };
  expect(
    parseLogEvents(host.output()).filter(
      (event) => event["orchestrationId"] === id,
    ),
  ).toEqual([
    { event: "orchestration.started", ...fields, by: "http" },
    { event: "orchestration.completed", ...fields },
  ]);
  expect(secrets.filter((secret) => host.output().includes(secret))).toEqual(
    [],
  );

  await host.stop();
  host = await start({ AOS_TELEMETRY_CONTENT: "true" });
  const withContent = (await runReviewWithSecrets()).exported;
  expect(
    contentAttributes.filter((name) => !withContent.includes(name)),
  ).toEqual([]);
  expect(secrets.filter((secret) => withContent.includes(secret))).toEqual([
    "xylophone",
  ]);
  expect(secrets.filter((secret) => host.output().includes(secret))).toEqual(
    [],
  );
});
