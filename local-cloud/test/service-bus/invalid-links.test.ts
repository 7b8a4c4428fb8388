import {
  TestBus,
  describeLocalBroker,
  receiveBriefly,
} from "../support/service-bus/bus";

describe("a link to a missing or unsuitable entity", () => {
  const bus = new TestBus();

  test("fails with MessagingEntityNotFound when sending to, receiving from or peeking a missing entity", async () => {
    const { client } = bus;
    const notFound = { code: "MessagingEntityNotFound" };
    for (const attempt of [
      () => client.createSender("nowhere").sendMessages({ body: 1 }),
      () => receiveBriefly(client.createReceiver("nowhere")),
      () => receiveBriefly(client.createReceiver("events", "missing")),
      () => client.createReceiver("nowhere").peekMessages(1),
    ])
      await expect(attempt()).rejects.toMatchObject(notFound);
  });

  test("a receiver without a session is refused by a queue that requires sessions", async () => {
    await expect(
      receiveBriefly(bus.client.createReceiver("sessions")),
    ).rejects.toThrow(/requires sessions/);
  });

  test("accepting a session of a queue without sessions fails", async () => {
    // The client reports every refusal of a session id with this code.
    for (const queue of ["plain", "nowhere"])
      await expect(bus.client.acceptSession(queue, "a")).rejects.toMatchObject({
        code: "SessionCannotBeLocked",
      });
    await expect(bus.client.acceptNextSession("plain")).rejects.toThrow(
      /does not require sessions/,
    );
  });
});

describeLocalBroker("an entity that does not support the operation", () => {
  const bus = new TestBus();

  test("refuses senders to a subscription or a dead-letter queue and receivers of a topic", async () => {
    const { client } = bus;
    await expect(
      client.createSender("events/Subscriptions/all").sendMessages({ body: 1 }),
    ).rejects.toThrow(/Send to its topic/);
    await expect(
      client.createSender("plain/$DeadLetterQueue").sendMessages({ body: 1 }),
    ).rejects.toThrow(/dead-letter queue/);
    await expect(
      receiveBriefly(client.createReceiver("events")),
    ).rejects.toThrow(/Receive from one of its subscriptions/);
  });
});
