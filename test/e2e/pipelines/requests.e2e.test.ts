import { ServiceBusClient } from "@azure/service-bus";
import { createApiClient, pollUntil } from "../../support/http/api-client";
import { echoWorkflow } from "../../support/domain/echo-workflow";
import { createRequester } from "../../support/messaging/requester";
import {
  type AosProcess,
  readServiceBusConnectionString,
  startAos,
} from "../../support/cli/aos-process";
import type { OrchestrationView } from "../../../src/http/views/orchestration-view";

let cloud: AosProcess;
let client: ServiceBusClient;
beforeAll(async () => {
  cloud = await startAos();
  client = new ServiceBusClient(readServiceBusConnectionString(cloud));
});
afterAll(async () => {
  await client.close();
  await cloud.stop();
});

const { send, receiveResponse } = createRequester(() => client);

test("a request message starts an orchestration and gets a response message with its trace and reply session", async () => {
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await send(
    { definition: echoWorkflow, input: { n: 1 }, tags: { team: "red" } },
    {
      messageId: "order-1",
      correlationId: "cart-9",
      replyToSessionId: "caller-3",
      applicationProperties: { traceparent: trace },
    },
  );
  const response = await receiveResponse("cart-9");
  const body = response?.body as OrchestrationView & { output: unknown };
  expect(response).toMatchObject({
    messageId: `${body.id}:response`,
    sessionId: "caller-3",
    contentType: "application/json",
    applicationProperties: {
      workflow: "echo",
      status: "completed",
      traceparent: trace,
    },
  });
  expect(body).toMatchObject({ status: "completed", output: { n: 1 } });
  const found = await createApiClient(cloud.url).status(body.id);
  expect(found.body).toMatchObject({
    workflow: "echo",
    status: "completed",
    tags: { team: "red" },
  });
});

test("message ids that are JSON text identify one request each, at every duplicate", async () => {
  const ids = [
    ...["null", "true", "1000", "1e3", "1000.0", '{"a":1}', '{ "a": 1 }'],
    ...["42", '"42"', "12345678901234567890", "12345678901234567891"],
  ];
  // One body for all, so that only the ids distinguish the requests.
  const request = { definition: echoWorkflow, input: "same" };
  for (const messageId of ids) await send(request, { messageId });
  const receiver = client.createReceiver("agent-responses", {
    receiveMode: "receiveAndDelete",
  });
  // By correlation id, which is the message id of the request.
  const started = new Map<unknown, string>();
  await pollUntil(
    async () => {
      for (const { correlationId, body } of await receiver.receiveMessages(20, {
        maxWaitTimeInMs: 500,
      }))
        started.set(correlationId, (body as OrchestrationView).id);
      return started.size;
    },
    (size) => size === ids.length,
  );
  await receiver.close();
  expect([...started.keys()].sort()).toEqual([...ids].sort());
  expect(new Set(started.values()).size).toBe(ids.length);
  const api = createApiClient(cloud.url);
  for (const key of ids) {
    const again = await api.start(request, { "idempotency-key": key });
    expect(again).toMatchObject({
      status: 200,
      body: { id: started.get(key) },
    });
  }
});

test("a session id that is JSON text is the session of the request", async () => {
  await send(
    { definition: echoWorkflow, sessionId: "1e3" },
    { messageId: "json-session", sessionId: "1e3" },
    "agent-session-requests",
  );
  const response = await receiveResponse("json-session");
  expect(response?.body).toMatchObject({ status: "completed" });
});

test("the message's replyTo takes precedence over the body's", async () => {
  await send(
    { definition: echoWorkflow, replyTo: "no-such-queue" },
    { messageId: "reply-to", replyTo: "agent-responses" },
  );
  const response = await receiveResponse("reply-to");
  expect(response?.body).toMatchObject({ status: "completed" });
});

test("a body with a byte order mark is accepted", async () => {
  const text = JSON.stringify({ definition: echoWorkflow, input: "bom" });
  await send(Buffer.from(`\ufeff${text}`), { messageId: "bom" });
  const response = await receiveResponse("bom");
  expect(response?.body).toMatchObject({ output: "bom" });
});

test("the same key in a message and over HTTP returns the same orchestration", async () => {
  const request = { definition: echoWorkflow, input: { n: 2 } };
  await send(request, { messageId: "shared-1", correlationId: "shared" });
  await receiveResponse("shared");
  const again = await createApiClient(cloud.url).start(request, {
    "idempotency-key": "shared-1",
  });
  expect(again.status).toBe(200);
  expect(again.headers.get("x-aos-idempotent-replay")).toBe("true");
});

test("an HTTP request with replyTo gets a response message", async () => {
  const { status, body } = await createApiClient(cloud.url).start({
    definition: echoWorkflow,
    replyTo: "agent-responses",
  });
  expect(status).toBe(202);
  const response = await receiveResponse(body.id);
  expect(response?.body).toMatchObject({ id: body.id, status: "completed" });
});

test("a reply queue that does not exist is recorded as message.refused, and the orchestration completes", async () => {
  const { body } = await createApiClient(cloud.url).start({
    definition: echoWorkflow,
    replyTo: "no-such-queue",
  });
  const ended = await createApiClient(cloud.url).status(body.id, "30s");
  expect(ended.body.status).toBe("completed");
  interface Row {
    readonly type: string;
  }
  const { body: history } = await pollUntil(
    () =>
      createApiClient(cloud.url).get<{ readonly items: readonly Row[] }>(
        `orchestrations/${body.id}/history`,
      ),
    ({ body: { items } }) =>
      items.some(({ type }) => type === "message.refused"),
  );
  expect(history.items.at(-1)).toMatchObject({
    type: "message.refused",
    data: { to: "no-such-queue", error: { code: "queue_not_found" } },
  });
});

test("subscribers of the topic receive the lifecycle events of an orchestration", async () => {
  const receiver = client.createReceiver("agent-events", "all", {
    receiveMode: "receiveAndDelete",
  });
  const { body } = await createApiClient(cloud.url).start({
    definition: echoWorkflow,
    tags: { kind: "event-test" },
  });
  const seen: string[] = [];
  await pollUntil(
    async () => {
      for (const event of await receiver.receiveMessages(50, {
        maxWaitTimeInMs: 500,
      }))
        if (event.applicationProperties?.["tag.kind"] === "event-test")
          seen.push(String(event.messageId));
      return seen;
    },
    (ids) => ids.length >= 2,
  );
  await receiver.close();
  expect(seen).toEqual([
    `${body.id}:orchestration.started`,
    `${body.id}:orchestration.completed`,
  ]);
});

test("requests of one session are turns of one agent session", async () => {
  const definition = {
    name: "one-turn",
    version: "1",
    steps: [{ id: "say", kind: "agent", agent: "writer", prompt: "${input}" }],
  };
  for (const n of [1, 2])
    await send(
      { definition, input: `Line ${n}.`, id: `turn-${n}` },
      { messageId: `turn-${n}`, sessionId: "talk" },
      "agent-session-requests",
    );
  await receiveResponse("turn-2");
  const turns = [1, 2].map(async (n) => {
    const { body } = await createApiClient(cloud.url).get<{
      readonly items: readonly {
        readonly type: string;
        readonly data: { readonly turn?: number };
      }[];
    }>(`orchestrations/turn-${n}/history`);
    const call = body.items.find(({ type }) => type === "model.called");
    return call?.data.turn;
  });
  expect(await Promise.all(turns)).toEqual([1, 2]);
});

test("readiness reports the status of Service Bus", async () => {
  const { body } = await createApiClient(cloud.url).get("health/ready");
  expect(body).toMatchObject({ checks: { serviceBus: { status: "ok" } } });
});
