import { randomUUID } from "node:crypto";
import {
  type ServiceBusReceivedMessage,
  ServiceBusClient,
} from "@azure/service-bus";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../../src/storage/ports";
import { openStorage } from "../../../src/storage/open-storage";
import type { Messaging } from "../../../src/messaging/ports";
import { openServiceBus } from "../../../src/messaging/service-bus/service-bus-messaging";
import { handleRequestMessage } from "../../../src/messaging/in/handle-request-message";
import { toReceivedMessage } from "../../../src/messaging/in/received-message";
import {
  type Azurite,
  startAzurite,
} from "../../../local-cloud/test/support/storage/azurite";
import {
  type TestBroker,
  startTestBroker,
} from "../../support/messaging/test-broker";
import { createEventLog } from "../../support/telemetry/event-log";
import { fakeTaskHub } from "../../support/orchestrations/fake-task-hub";

let azurite: Azurite;
let broker: TestBroker;
let storage: Storage;
let messaging: Messaging;
let client: ServiceBusClient;
beforeAll(async () => {
  azurite = await startAzurite();
  broker = await startTestBroker();
  storage = openStorage({ connectionString: azurite.connectionString });
  messaging = openServiceBus(broker);
  client = new ServiceBusClient(broker.connectionString);
});
afterAll(async () => {
  await messaging.close();
  await client.close();
  await broker.stop();
  await azurite.stop();
});

/** The handler with a hub of its own; delivers as the host does. */
function newHandler(services: Partial<{ messaging: () => Messaging }> = {}) {
  const hub = fakeTaskHub();
  const { log, events } = createEventLog();
  const deliver = (body: unknown, metadata: Record<string, unknown> = {}) =>
    handleRequestMessage(
      toReceivedMessage("agent-requests", body, {
        messageId: randomUUID(),
        deliveryCount: 1,
        sequenceNumber: 1,
        ...metadata,
      }),
      {
        storage: () => storage,
        messaging: () => messaging,
        agents: new Map(),
        tools: new Set(["look"]),
        workflows: [
          {
            name: "w",
            version: "1",
            steps: [{ id: "a", kind: "tool", tool: "look" }],
          },
        ],
        now: () => new Date(),
        ...services,
      },
      hub as unknown as DurableClient,
      log,
    );
  return { hub, deliver, events };
}

/** What is in a queue, which is then empty. */
async function drained(
  queue: string,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const receiver = client.createReceiver(queue, {
    receiveMode: "receiveAndDelete",
  });
  const found = await receiver.receiveMessages(100, { maxWaitTimeInMs: 500 });
  await receiver.close();
  return found;
}
const rejected = () => drained("agent-requests-deadletter");
const responses = () => drained("agent-responses");

describe("a message with a request", () => {
  test("starts its orchestration once, however often it is delivered", async () => {
    const { hub, deliver } = newHandler();
    const messageId = randomUUID();
    await Promise.all(
      Array.from({ length: 8 }, () =>
        deliver({ workflow: "w" }, { messageId }),
      ),
    );
    await deliver({ workflow: "w" }, { messageId, deliveryCount: 2 });
    expect(hub.started).toHaveLength(1);
    expect(await rejected()).toEqual([]);
  });

  test("is given back while the hub is away, and started when it is back", async () => {
    const { hub, deliver } = newHandler();
    const messageId = randomUUID();
    hub.broken = true;
    for (const deliveryCount of [1, 2])
      await expect(
        deliver({ workflow: "w" }, { messageId, deliveryCount }),
      ).rejects.toMatchObject({ code: "storage_unavailable" });
    hub.broken = false;
    // Its claim is held: whoever took it might be at work. The sweeper starts it.
    await deliver({ workflow: "w" }, { messageId, deliveryCount: 3 });
    expect(await rejected()).toEqual([]);
  });
});

describe("a message without one", () => {
  test("is put with the rejected, with every error, and answered if it asked for that", async () => {
    const { hub, deliver } = newHandler();
    const metadata = {
      messageId: "bad-1",
      replyTo: "agent-responses",
      correlationId: "c",
    };
    await deliver({ workflow: 1, nope: true }, metadata);
    // A crash between sending and completing has it delivered again.
    await deliver({ workflow: 1, nope: true }, metadata);
    expect(hub.started).toEqual([]);
    const [copy, ...more] = await rejected();
    expect(more).toEqual([]);
    expect(copy).toMatchObject({
      messageId: "bad-1:dlq",
      body: { workflow: 1, nope: true },
      applicationProperties: {
        deadLetterReason: "invalid_request",
        deadLetterSource: "agent-requests",
      },
    });
    const told = copy?.applicationProperties?.["deadLetterErrors"];
    expect(JSON.parse(String(told))).toEqual([
      { pointer: "/workflow", detail: expect.any(String) as unknown },
      { pointer: "/nope", detail: "is not a known field" },
    ]);
    const [response, ...others] = await responses();
    expect(others).toEqual([]);
    expect(response).toMatchObject({
      messageId: "bad-1:rejected",
      correlationId: "c",
      body: { status: "rejected", error: { code: "invalid_request" } },
    });
  });

  test.each([
    ["no JSON", "{ what is this", "malformed_json"],
    ["an unknown workflow", { workflow: "nope" }, "workflow_not_found"],
    [
      "a definition with faults",
      { definition: { name: 1 } },
      "invalid_workflow",
    ],
    ["nothing", null, "invalid_request"],
  ])("is rejected for what it is: %s", async (_what, body, reason) => {
    const { deliver } = newHandler();
    await deliver(body);
    const [copy] = await rejected();
    expect(copy?.applicationProperties).toMatchObject({
      deadLetterReason: reason,
    });
    expect(await responses()).toEqual([]);
  });

  test("under the id of another one conflicts with that", async () => {
    const { hub, deliver } = newHandler();
    const messageId = randomUUID();
    await deliver({ workflow: "w" }, { messageId });
    await deliver({ workflow: "w", input: { other: 1 } }, { messageId });
    expect(hub.started).toHaveLength(1);
    const [copy] = await rejected();
    expect(copy?.applicationProperties).toMatchObject({
      deadLetterReason: "idempotency_conflict",
    });
  });

  test("that asks for an answer where there is no queue is rejected for that as well", async () => {
    const { deliver } = newHandler();
    await deliver({ workflow: 1 }, { replyTo: "nowhere" });
    const [copy] = await rejected();
    const errors = String(copy?.applicationProperties?.["deadLetterErrors"]);
    expect(errors).toContain("nowhere");
  });

  test("is given back when it cannot be put away", async () => {
    const away = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const { deliver } = newHandler({ messaging: () => away });
    await expect(deliver({ workflow: 1 })).rejects.toMatchObject({
      code: "messaging_unavailable",
    });
    await away.close();
  });
});
