import type { ServiceBusClient } from "@azure/service-bus";
import {
  TestBus,
  describeLocalBroker,
  receiveBriefly,
} from "../support/service-bus/bus";
import { createSharedAccessSignature } from "../support/service-bus/shared-access-signature";

const unauthorized = { code: "UnauthorizedAccess" };

describeLocalBroker("a client with an invalid SAS token", () => {
  const bus = new TestBus();

  test.each([
    ["a wrong key", /SharedAccessKey=[^;]+/, "SharedAccessKey=wrong"],
    [
      "an unknown key name",
      /SharedAccessKeyName=\w+/,
      "SharedAccessKeyName=me",
    ],
  ])("%s fails with UnauthorizedAccess", async (_name, part, replacement) => {
    const wrong = bus.connectionString.replace(part, replacement);
    const client = bus.newClient(wrong);
    for (const attempt of [
      () => client.createSender("plain").sendMessages({ body: 1 }),
      () => receiveBriefly(client.createReceiver("plain")),
      () => client.createReceiver("plain").peekMessages(1),
      () => client.acceptSession("sessions", "a"),
    ])
      await expect(attempt()).rejects.toMatchObject(unauthorized);
    const right = bus.queue("plain", bus.newClient());
    expect(await receiveBriefly(right.receiver)).toEqual([]);
  });

  test("an expired token, or one for another queue, fails with UnauthorizedAccess", async () => {
    const client = (resource: string, expiresAt: number) => {
      const signature = createSharedAccessSignature(
        bus.connectionString,
        resource,
        expiresAt,
      );
      const { port } = bus.broker;
      return bus.newClient(
        `Endpoint=sb://localhost:${port};SharedAccessSignature=${signature};UseDevelopmentEmulator=true`,
      );
    };
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    const send = (from: ServiceBusClient) =>
      from.createSender("plain").sendMessages({ body: 1 });
    await expect(
      send(client("http://localhost/plain", 1000)),
    ).rejects.toMatchObject(unauthorized);
    await expect(
      send(client("http://localhost/duplicates", inAnHour)),
    ).rejects.toMatchObject(unauthorized);
    await send(client("http://localhost/plain", inAnHour));
  });
});
