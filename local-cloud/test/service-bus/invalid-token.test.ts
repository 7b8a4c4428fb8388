import { createHmac } from "node:crypto";
import type { ServiceBusClient } from "@azure/service-bus";
import {
  TestBus,
  describeLocalBroker,
  receiveBriefly,
} from "../support/service-bus/bus";

const unauthorized = { code: "UnauthorizedAccess" };

describeLocalBroker("a client with a bad token", () => {
  const bus = new TestBus();

  test.each([
    ["another key", /SharedAccessKey=[^;]+/, "SharedAccessKey=wrong"],
    [
      "an unknown key name",
      /SharedAccessKeyName=\w+/,
      "SharedAccessKeyName=me",
    ],
  ])("%s is UnauthorizedAccess", async (_what, part, replacement) => {
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

  test("a token that has expired, or is for another queue, is UnauthorizedAccess", async () => {
    const client = (resource: string, expiresAt: number) => {
      const sr = encodeURIComponent(resource);
      const key = /SharedAccessKey=([^;]+)/.exec(bus.connectionString)?.[1];
      const sig = createHmac("sha256", key ?? "")
        .update(`${sr}\n${expiresAt}`)
        .digest("base64");
      const signature = `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiresAt}&skn=RootManageSharedAccessKey`;
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
