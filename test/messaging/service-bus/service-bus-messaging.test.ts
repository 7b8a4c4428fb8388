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

describe("the Service Bus adapter", () => {
  test("sends nothing when it is asked whether it may send", async () => {
    const receiver = client.createReceiver("agent-responses");
    const before = await receiver.peekMessages(250);
    await messaging.checkSending("agent-responses");
    expect(await receiver.peekMessages(250)).toHaveLength(before.length);
    await receiver.close();
    await expect(messaging.checkSending("nowhere")).rejects.toMatchObject({
      code: "queue_not_found",
    });
  });

  test("names the setting that is no connection string", async () => {
    const wrong = openServiceBus({ connectionString: "Endpoint=sb://acme" });
    await expect(wrong.checkReceiving("agent-requests")).rejects.toMatchObject({
      code: "configuration_invalid",
      message: expect.stringContaining(
        "AZURE_SERVICEBUS_CONNECTION_STRING is no connection string",
      ) as unknown,
    });
  });

  const event = {
    to: "agent-events",
    body: {},
    properties: {},
  };

  test("goes on after the connection was lost", async () => {
    await messaging.send({ ...event, messageId: "before" });
    broker.dropConnections();
    // By the time that another client has an answer, this one has heard that its connection is gone.
    const other = new ServiceBusClient(broker.connectionString);
    await other.createReceiver("agent-responses").peekMessages(1);
    await other.close();
    await messaging.send({ ...event, messageId: "after" });
    await messaging.checkReceiving("agent-requests");
    await messaging.checkSending("agent-events");
  });

  test("says that the broker is away, and is closed without having been used", async () => {
    const away = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const unavailable = { code: "messaging_unavailable" };
    await expect(away.checkReceiving("agent-requests")).rejects.toMatchObject(
      unavailable,
    );
    await expect(away.checkSending("agent-events")).rejects.toMatchObject(
      unavailable,
    );
    await expect(
      away.send({ ...event, messageId: "lost" }),
    ).rejects.toMatchObject(unavailable);
    await away.close();
    await openServiceBus(broker).close();
  });
});
