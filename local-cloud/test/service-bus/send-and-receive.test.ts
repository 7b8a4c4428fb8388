import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

describe("sending and receiving", () => {
  const bus = new TestBus();

  test("delivers a message with all its properties and removes it when it is completed", async () => {
    const { sender, receiver } = bus.queue("plain");
    const sent = {
      body: { text: "grüße", list: [1, 2.5, null] },
      messageId: "m-1",
      correlationId: "c-1",
      subject: "paint",
      to: "someone",
      replyTo: "agent-responses",
      replyToSessionId: "r-1",
      contentType: "application/json",
      timeToLive: 60_000,
      partitionKey: "p",
      applicationProperties: {
        text: "x",
        int: 5,
        real: 1.5,
        yes: true,
        at: new Date(1_000_000),
      },
    };
    await sender.sendMessages(sent);
    const message = await receiveOne(receiver);
    expect(message).toMatchObject({
      ...sent,
      applicationProperties: { ...sent.applicationProperties, at: 1_000_000 },
      deliveryCount: 0,
      state: "active",
    });
    expect(message.sequenceNumber?.toNumber()).toBeGreaterThan(0);
    expect(message.lockToken).toMatch(
      /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/,
    );
    const lockMs =
      Number(message.lockedUntilUtc) - Number(message.enqueuedTimeUtc);
    expect(Math.abs(lockMs - 60_000)).toBeLessThan(3000);
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test.each([
    ["text", "just text"],
    ["a number", 42],
    ["null", null],
    ["bytes", Buffer.from([0, 255, 1])],
    ["200,000 characters", { text: "x".repeat(200_000) }],
  ])("delivers a body of %s unchanged", async (_name, body) => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body });
    const message = await receiveOne(receiver);
    expect(message.body).toEqual(body);
    await receiver.completeMessage(message);
  });

  test("delivers an AMQP value body and an AMQP sequence body unchanged", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ bodyType: "value", body: { a: 1 } });
    const value = await receiveOne(receiver);
    expect(value).toMatchObject({ body: { a: 1 } });
    await receiver.completeMessage(value);
    await sender.sendMessages({ bodyType: "sequence", body: [[1, "two"]] });
    const sequence = await receiveOne(receiver);
    expect(sequence).toMatchObject({ body: [[1, "two"]] });
    await receiver.completeMessage(sequence);
  });

  test("delivers messages in the order in which they were sent", async () => {
    const { sender, receiver } = bus.queue("plain");
    const numbers = [1, 2, 3, 4, 5];
    for (const body of numbers) await sender.sendMessages({ body });
    const seen: unknown[] = [];
    for (let i = 0; i < 5; i += 1) {
      const message = await receiveOne(receiver);
      seen.push(message.body);
      await receiver.completeMessage(message);
    }
    expect(seen).toEqual(numbers);
  });

  test("assigns a message id to a message without one, so that its lock can be renewed", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({
      body: 1,
      subject: "kept",
      applicationProperties: { kept: true },
    });
    const message = await receiveOne(receiver);
    expect(message).toMatchObject({
      subject: "kept",
      applicationProperties: { kept: true },
    });
    expect(message.messageId).toMatch(/^[\da-f]{32}$/);
    const until = await receiver.renewMessageLock(message);
    expect(until.getTime()).toBeGreaterThan(Date.now());
    await receiver.completeMessage(message);
  });

  test("does not deliver a locked message to another receiver", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    const other = bus.client.createReceiver("plain");
    expect(await receiveBriefly(other)).toEqual([]);
    await receiver.completeMessage(message);
  });

  test("receiveMessages returns fewer messages than requested after its wait time, and the link stays usable", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const some = await receiver.receiveMessages(10, { maxWaitTimeInMs: 500 });
    expect(some).toHaveLength(2);
    expect(await receiveBriefly(receiver)).toEqual([]);
    await sender.sendMessages({ body: 3 });
    const third = await receiveOne(receiver);
    for (const message of [...some, third])
      await receiver.completeMessage(message);
  });
});
