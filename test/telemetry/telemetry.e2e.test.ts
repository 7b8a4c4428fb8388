import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { apiAt, until } from "../support/api";
import { type Broker, startTestBroker } from "../support/broker";
import { type Started, temporaryFolder } from "../support/local-host";
import {
  distinct,
  metricsOf,
  spansOf,
  startObserved,
  sum,
  treeOf,
} from "./observed";

const folder = temporaryFolder();
const file = join(folder, "told");
const review = { workflow: "document-review" };

let broker: Broker;
let host: Started;
const start = (env: Readonly<Record<string, string>> = {}) =>
  startObserved(join(folder, "data"), file, {
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
  spansOf(file).filter((span) => span.traceId === traceId);
const finished = async (id: string) => {
  const ended = await until(
    () => apiAt(host.url).status(id, "20s"),
    ({ body }) => body.status === "completed",
  );
  return ended.body;
};
/** The span of an activity ends after the orchestration has. */
const whole = (trace: ReturnType<typeof newTrace>) =>
  until(
    () => Promise.resolve(spansIn(trace)),
    (spans) => spans.some(({ name }) => name === "finishOrchestration"),
  );

let tree: readonly string[] = [];

test("a review over HTTP is one tree below the request, with the tokens that the API tells", async () => {
  const trace = newTrace();
  const { body } = await apiAt(host.url).start(review, {
    traceparent: trace.header,
  });
  const { usage } = await finished(body.id);
  const spans = await whole(trace);
  tree = treeOf(spans);

  expect(distinct(spans)).toHaveLength(spans.length);
  const tops = spans.filter(({ parent }) => parent === trace.spanId);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const loose = spans.filter(
    ({ parent = "" }) => parent !== trace.spanId && !ids.has(parent),
  );
  expect(loose).toEqual([]);
  expect(tops.length).toBeGreaterThan(3);
  expect(
    spans.map(({ attributes }) => attributes["aos.orchestration.id"]),
  ).toEqual(spans.map(() => body.id));
  expect(tree).toContain("invoke_agent planner > callModel > chat default");
  expect(tree.some((path) => /^callTool > execute_tool \w+$/.test(path))).toBe(
    true,
  );
  expect(tree.filter((path) => /agentTurn|agentWorkflow/.test(path))).toEqual(
    [],
  );
  for (const operation of ["chat", "invoke_agent"]) {
    expect(sum(spans, operation, "gen_ai.usage.input_tokens")).toBe(
      usage.inputTokens,
    );
    expect(sum(spans, operation, "gen_ai.usage.output_tokens")).toBe(
      usage.outputTokens,
    );
  }
  expect(spans.filter(({ name }) => name.startsWith("chat "))).toHaveLength(
    usage.modelCalls,
  );
  expect(
    spans.filter(({ name }) => name.startsWith("execute_tool ")),
  ).toHaveLength(usage.toolCalls);
});

test("a review by message is the same tree below the message", async () => {
  const trace = newTrace();
  const id = "by-message";
  const client = new ServiceBusClient(broker.connectionString);
  await client.createSender("agent-requests").sendMessages({
    body: { ...review, id },
    messageId: id,
    applicationProperties: { traceparent: trace.header },
  });
  await client.close();
  const spans = await whole(trace);
  expect(spans[0]?.attributes["aos.orchestration.id"]).toBeDefined();
  expect(treeOf(spans)).toEqual(tree);
});

test("a killed host leaves the same tree: what is done again has the ids it had", async () => {
  const trace = newTrace();
  const { body } = await apiAt(host.url).start(review, {
    traceparent: trace.header,
  });
  await until(
    () => Promise.resolve(spansIn(trace)),
    (spans) => spans.some(({ name }) => name.startsWith("chat ")),
  );
  await host.kill();
  const before = spansIn(trace);
  expect(before.some(({ name }) => name === "finishOrchestration")).toBe(false);
  host = await start();
  const { usage } = await finished(body.id);
  const spans = distinct(await whole(trace));
  expect(treeOf(spans)).toEqual(tree);
  expect(sum(spans, "chat", "gen_ai.usage.input_tokens")).toBe(
    usage.inputTokens,
  );
  expect(sum(spans, "invoke_agent", "gen_ai.usage.output_tokens")).toBe(
    usage.outputTokens,
  );
});

const contents = [
  "gen_ai.system_instructions",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
];

test("what was said is told only by the switch, and what happened is counted", async () => {
  const definition = {
    name: "quiet",
    version: "1",
    steps: [
      { id: "plan", kind: "agent", agent: "planner", prompt: "${input.text}" },
    ],
  };
  const ask = async () => {
    const trace = newTrace();
    const { body } = await apiAt(host.url).start(
      {
        definition,
        input: { text: "The word is xylophone; AccountKey=abc123secret==" },
      },
      { traceparent: trace.header },
    );
    const { usage } = await finished(body.id);
    return { usage, spans: await whole(trace) };
  };
  await host.stop();
  writeFileSync(file, "");
  host = await start();
  const { usage, spans } = await ask();
  const told = JSON.stringify(spans);
  expect(told).not.toContain("xylophone");
  expect(contents.filter((name) => told.includes(name))).toEqual([]);
  await host.stop();

  const metrics = metricsOf(file);
  const counted = (name: string) =>
    metrics.filter(({ metric }) => metric === name);
  expect(counted("aos.turns")).toMatchObject([
    { value: 1, attributes: { "gen_ai.agent.name": "planner" } },
  ]);
  expect(counted("aos.orchestration.starts")).toMatchObject([
    { value: 1, attributes: { "aos.workflow.name": "quiet" } },
  ]);
  const tokens = counted("gen_ai.client.token.usage").map(
    ({ value, attributes }) => [
      attributes["gen_ai.token.type"],
      (value as { readonly sum: number }).sum,
    ],
  );
  expect(Object.fromEntries(tokens)).toEqual({
    input: usage.inputTokens,
    output: usage.outputTokens,
  });

  host = await start({ AOS_TELEMETRY_CONTENT: "true" });
  const open = JSON.stringify((await ask()).spans);
  expect(open).toContain("xylophone");
  expect(open).not.toContain("abc123secret");
});
