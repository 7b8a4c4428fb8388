import {
  TestBus,
  describeLocalBroker,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

const createMessages = (count: number) =>
  Array.from({ length: count }, (_, body) => ({ body }));

describeLocalBroker("many unsettled messages", () => {
  const bus = new TestBus();

  test("one link settles 5,000 messages, more than the unsettled window of an AMQP session", async () => {
    const { sender, receiver } = bus.queue("plain");
    for (let sent = 0; sent < 5000; sent += 1000)
      await sender.sendMessages(createMessages(1000));
    for (let settled = 0; settled < 5000;) {
      const messages = await receiver.receiveMessages(500, {
        maxWaitTimeInMs: 5000,
      });
      expect(messages.length).toBeGreaterThan(0);
      await Promise.all(messages.map((m) => receiver.completeMessage(m)));
      settled += messages.length;
    }
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("2,000 messages with expired locks are redelivered", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    for (let sent = 0; sent < 2000; sent += 1000)
      await sender.sendMessages(createMessages(1000));
    const lost = await receiveExactly(receiver, 2000);
    await bus.advanceTime(5500);
    const last = lost.at(-1);
    if (last === undefined) throw new Error("none");
    await expect(receiver.completeMessage(last)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
    const other = bus.newClient().createReceiver("short-lock");
    const again = await receiveExactly(other, 2000);
    expect(again.every(({ deliveryCount }) => deliveryCount === 1)).toBe(true);
    await Promise.all(again.map((m) => other.completeMessage(m)));
  });

  test("two links hold 3,000 unsettled messages and settle all of them", async () => {
    const { sender, receiver } = bus.queue("plain");
    for (let sent = 0; sent < 3000; sent += 1000)
      await sender.sendMessages(createMessages(1000));
    const other = bus.client.createReceiver("plain");
    const held = [
      await receiveExactly(receiver, 1500),
      await receiveExactly(other, 1500),
    ] as const;
    expect(bus.broker.openCounts().locks).toBe(3000);
    await Promise.all([
      ...held[0].map((m) => receiver.completeMessage(m)),
      ...held[1].map((m) => other.completeMessage(m)),
    ]);
    expect(bus.broker.openCounts().locks).toBe(0);
    await sender.sendMessages({ body: "after" });
    await receiver.completeMessage(await receiveOne(receiver));
  });
});
