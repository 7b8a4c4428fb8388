import { ServiceBusClient } from "@azure/service-bus";
import type { Messaging } from "../../../src/messaging/ports";
import { openServiceBus } from "../../../src/messaging/service-bus/service-bus-messaging";
import { messagingContract } from "../../contracts/messaging.contract";
import {
  type TestBroker,
  startTestBroker,
} from "../../support/messaging/test-broker";

let broker: TestBroker;
let client: ServiceBusClient;
let messaging: Messaging;
beforeAll(async () => {
  broker = await startTestBroker();
  client = new ServiceBusClient(broker.connectionString);
  messaging = openServiceBus(broker);
});
afterAll(async () => {
  await messaging.close();
  await client.close();
  await broker.stop();
});

messagingContract(
  () => messaging,
  () => client,
);

describe("openServiceBus", () => {
  test("checkSending sends no message and throws queue_not_found for a missing queue", async () => {
    const receiver = client.createReceiver("agent-responses");
    const before = await receiver.peekMessages(250);
    await messaging.checkSending("agent-responses");
    expect(await receiver.peekMessages(250)).toHaveLength(before.length);
    await receiver.close();
    await expect(messaging.checkSending("nowhere")).rejects.toMatchObject({
      code: "queue_not_found",
    });
  });

  test("throws configuration_invalid with the name of the setting for an invalid connection string", async () => {
    const misconfigured = openServiceBus({
      connectionString: "Endpoint=sb://acme",
    });
    await expect(
      misconfigured.checkReceiving("agent-requests"),
    ).rejects.toMatchObject({
      code: "configuration_invalid",
      message: expect.stringContaining(
        "AZURE_SERVICEBUS_CONNECTION_STRING is not a Service Bus connection string",
      ) as unknown,
    });
  });

  const event = {
    to: "agent-events",
    body: {},
    properties: {},
  };

  test("reconnects after the broker has dropped its connections", async () => {
    await messaging.send({ ...event, messageId: "before" });
    broker.dropConnections();
    // Once another client has received a response, this client has detected the lost connection.
    const other = new ServiceBusClient(broker.connectionString);
    await other.createReceiver("agent-responses").peekMessages(1);
    await other.close();
    await messaging.send({ ...event, messageId: "after" });
    await messaging.checkReceiving("agent-requests");
    await messaging.checkSending("agent-events");
  });

  test("throws messaging_unavailable when the broker is unreachable", async () => {
    const unreachable = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const unavailable = { code: "messaging_unavailable" };
    await expect(
      unreachable.checkReceiving("agent-requests"),
    ).rejects.toMatchObject(unavailable);
    await expect(
      unreachable.checkSending("agent-events"),
    ).rejects.toMatchObject(unavailable);
    await expect(
      unreachable.send({ ...event, messageId: "lost" }),
    ).rejects.toMatchObject(unavailable);
    await unreachable.close();
  });

  test("closes without having connected", async () => {
    await expect(openServiceBus(broker).close()).resolves.toBeUndefined();
  });
});
