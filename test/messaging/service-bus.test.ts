import { ServiceBusClient } from "@azure/service-bus";
import type { Messaging } from "../../src/messaging/ports";
import { openServiceBus } from "../../src/messaging/service-bus";
import { messagingContract } from "../contracts/messaging.contract";
import { type Broker, startTestBroker } from "../support/broker";

let broker: Broker;
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
    await messaging.check();
  });

  test("says that the broker is away, and is closed without having been used", async () => {
    const away = openServiceBus({
      connectionString: broker.connectionString.replace(
        /localhost:\d+/,
        "localhost:1",
      ),
    });
    const unavailable = { code: "messaging_unavailable" };
    await expect(away.check()).rejects.toMatchObject(unavailable);
    await expect(
      away.send({ ...event, messageId: "lost" }),
    ).rejects.toMatchObject(unavailable);
    await away.close();
    await openServiceBus(broker).close();
  });
});
