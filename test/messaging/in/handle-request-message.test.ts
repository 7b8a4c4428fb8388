import { randomUUID } from "node:crypto";
import {
  type ServiceBusReceivedMessage,
  ServiceBusClient,
} from "@azure/service-bus";
import type { DurableClient } from "durable-functions";
import { rejectedQueue } from "../../../src/messaging/entities";
import type { Messaging } from "../../../src/messaging/ports";
import { openServiceBus } from "../../../src/messaging/service-bus/service-bus-messaging";
import { handleRequestMessage } from "../../../src/messaging/in/handle-request-message";
import { toReceivedMessage } from "../../../src/messaging/in/received-message";
import {
  type TestBroker,
  startTestBroker,
} from "../../support/messaging/test-broker";
import { createEventLog } from "../../support/telemetry/event-log";
import { fakeTaskHub } from "../../support/orchestrations/fake-task-hub";
import { useAzuriteStorage } from "../../support/storage/azurite-storage";

const storage = useAzuriteStorage();
let broker: TestBroker;
let messaging: Messaging;
let client: ServiceBusClient;
beforeAll(async () => {
  broker = await startTestBroker();
  messaging = openServiceBus(broker);
  client = new ServiceBusClient(broker.connectionString);
});
afterAll(async () => {
  await messaging.close();
  await client.close();
  await broker.stop();
});

const toBytes = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));

/** A handler with a separate task hub. `deliver` calls it as the host does. */
function createHandler(
  dependencies: Partial<{ messaging: () => Messaging }> = {},
) {
  const hub = fakeTaskHub();
  const { log, events } = createEventLog();
  const deliver = (body: unknown, metadata: Record<string, unknown> = {}) =>
    handleRequestMessage(
      toReceivedMessage("agent-requests", toBytes(body), {
        messageId: randomUUID(),
        deliveryCount: 1,
        sequenceNumber: 1,
        ...metadata,
      }),
      {
        storage,
        messaging: () => messaging,
        agents: new Map(),
        tools: new Set(["search"]),
        workflows: [
          {
            name: "w",
            version: "1",
            steps: [{ id: "a", kind: "tool", tool: "search" }],
          },
        ],
        now: () => new Date(),
        ...dependencies,
      },
      hub as unknown as DurableClient,
      log,
    );
  return { hub, deliver, events };
}

/** Receives and deletes all messages of a queue. */
async function drain(
  queue: string,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const receiver = client.createReceiver(queue, {
    receiveMode: "receiveAndDelete",
  });
  const messages = await receiver.receiveMessages(100, {
    maxWaitTimeInMs: 500,
  });
  await receiver.close();
  return messages;
}
const drainRejected = () => drain(rejectedQueue);
const drainResponses = () => drain("agent-responses");

describe("handleRequestMessage with a valid request", () => {
  test("starts one orchestration for concurrent and repeated deliveries", async () => {
    const { hub, deliver } = createHandler();
    const messageId = randomUUID();
    await Promise.all(
      Array.from({ length: 8 }, () =>
        deliver({ workflow: "w" }, { messageId }),
      ),
    );
    await deliver({ workflow: "w" }, { messageId, deliveryCount: 2 });
    expect(hub.started).toHaveLength(1);
    expect(await drainRejected()).toEqual([]);
  });

  test("throws while the hub is unavailable and completes when it is available again", async () => {
    const { hub, deliver } = createHandler();
    const messageId = randomUUID();
    hub.broken = true;
    for (const deliveryCount of [1, 2])
      await expect(
        deliver({ workflow: "w" }, { messageId, deliveryCount }),
      ).rejects.toMatchObject({ code: "storage_unavailable" });
    hub.broken = false;
    // The sweeper starts the claim later: the holder of the claim may still be starting it.
    await deliver({ workflow: "w" }, { messageId, deliveryCount: 3 });
    expect(await drainRejected()).toEqual([]);
  });
});

describe("handleRequestMessage with an invalid request", () => {
  test("sends one copy with all errors and one response to replyTo", async () => {
    const { hub, deliver } = createHandler();
    const metadata = {
      messageId: "bad-1",
      replyTo: "agent-responses",
      correlationId: "c",
    };
    await deliver({ workflow: 1, nope: true }, metadata);
    // After a crash between sending and completing, the broker redelivers the message.
    await deliver({ workflow: 1, nope: true }, metadata);
    expect(hub.started).toEqual([]);
    const [copy, ...more] = await drainRejected();
    expect(more).toEqual([]);
    expect(copy).toMatchObject({
      messageId: "bad-1:dlq-1",
      body: { workflow: 1, nope: true },
      applicationProperties: {
        deadLetterReason: "invalid_request",
        deadLetterSource: "agent-requests",
      },
    });
    const errors = copy?.applicationProperties?.["deadLetterErrors"];
    expect(JSON.parse(String(errors))).toEqual([
      { pointer: "/workflow", detail: expect.any(String) as unknown },
      { pointer: "/nope", detail: "is not a known field" },
    ]);
    const [response, ...others] = await drainResponses();
    expect(others).toEqual([]);
    expect(response).toMatchObject({
      messageId: "bad-1:rejected-1",
      correlationId: "c",
      body: { status: "rejected", error: { code: "invalid_request" } },
    });
  });

  test.each([
    ["text that is not JSON", Buffer.from("{ not json"), "malformed_json"],
    ["bytes that are not UTF-8", Buffer.of(34, 255, 34), "malformed_json"],
    ["an unknown workflow", { workflow: "nope" }, "workflow_not_found"],
    ["an invalid definition", { definition: { name: 1 } }, "invalid_workflow"],
    ["an empty body", null, "invalid_request"],
  ])(
    "rejects %s with its error code as the reason",
    async (_title, body, reason) => {
      const { deliver } = createHandler();
      await deliver(body);
      const [letter] = await messaging.peekDeadLetters(rejectedQueue, {
        limit: 1,
      });
      expect(letter?.body).toEqual(toBytes(body));
      const [copy] = await drainRejected();
      expect(copy?.applicationProperties).toMatchObject({
        deadLetterReason: reason,
      });
      expect(await drainResponses()).toEqual([]);
    },
  );

  test("sends a copy of each rejected message, also of several with the same id", async () => {
    const { deliver } = createHandler();
    const messageId = randomUUID();
    for (const sequenceNumber of [1, 2, 2])
      await deliver(
        { workflow: sequenceNumber },
        { messageId, sequenceNumber },
      );
    const copies = await drainRejected();
    expect(copies.map(({ body }) => body as unknown)).toEqual([
      { workflow: 1 },
      { workflow: 2 },
    ]);
  });

  test("rejects a message id that was used with another body", async () => {
    const { hub, deliver } = createHandler();
    const messageId = randomUUID();
    await deliver({ workflow: "w" }, { messageId });
    await deliver({ workflow: "w", input: { other: 1 } }, { messageId });
    expect(hub.started).toHaveLength(1);
    const [copy] = await drainRejected();
    expect(copy?.applicationProperties).toMatchObject({
      deadLetterReason: "idempotency_conflict",
    });
  });

  test("adds an error to the copy when the queue in replyTo does not exist", async () => {
    const { deliver } = createHandler();
    await deliver({ workflow: 1 }, { replyTo: "nowhere" });
    const [copy] = await drainRejected();
    const errors = String(copy?.applicationProperties?.["deadLetterErrors"]);
    expect(errors).toContain("nowhere");
  });

  test("throws when the copy cannot be sent", async () => {
    const unreachable = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const { deliver } = createHandler({ messaging: () => unreachable });
    await expect(deliver({ workflow: 1 })).rejects.toMatchObject({
      code: "messaging_unavailable",
    });
    await unreachable.close();
  });
});
