import {
  TestBus,
  describeLocalBroker,
  receiveBriefly,
} from "../support/service-bus/bus";

describe("what is not there, or of another kind", () => {
  const bus = new TestBus();

  test("a missing entity is MessagingEntityNotFound, for sender, receiver and peeker", async () => {
    const { client } = bus;
    const notFound = { code: "MessagingEntityNotFound" };
    for (const attempt of [
      () => client.createSender("nowhere").sendMessages({ body: 1 }),
      () => receiveBriefly(client.createReceiver("nowhere")),
      () => receiveBriefly(client.createReceiver("events", "nobody")),
      () => client.createReceiver("nowhere").peekMessages(1),
    ])
      await expect(attempt()).rejects.toMatchObject(notFound);
  });

  test("a queue with sessions takes no receiver without one", async () => {
    await expect(
      receiveBriefly(bus.client.createReceiver("sessions")),
    ).rejects.toThrow(/requires sessions/);
  });

  test("a queue without sessions has none to accept", async () => {
    // Whatever the reason for which a session by its id is refused, the client says this.
    for (const queue of ["plain", "nowhere"])
      await expect(bus.client.acceptSession(queue, "a")).rejects.toMatchObject({
        code: "SessionCannotBeLocked",
      });
    await expect(bus.client.acceptNextSession("plain")).rejects.toThrow(
      /does not require sessions/,
    );
  });
});

describeLocalBroker("what nobody sends to or receives from", () => {
  const bus = new TestBus();

  test("is said", async () => {
    const { client } = bus;
    await expect(
      client.createSender("events/Subscriptions/all").sendMessages({ body: 1 }),
    ).rejects.toThrow(/sent to a topic/);
    await expect(
      client.createSender("plain/$DeadLetterQueue").sendMessages({ body: 1 }),
    ).rejects.toThrow(/dead-letter queue/);
    await expect(
      receiveBriefly(client.createReceiver("events")),
    ).rejects.toThrow(/received from a subscription/);
  });
});
