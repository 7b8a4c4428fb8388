import {
  TestBus,
  messageBodies,
  receiveExactly,
} from "../support/service-bus/bus";

describe("createMessageBatch", () => {
  const bus = new TestBus();

  test("delivers the 50 messages of a batch in order, each with its properties", async () => {
    const { sender, receiver } = bus.queue("plain");
    const batch = await sender.createMessageBatch();
    for (let body = 0; body < 50; body += 1)
      expect(
        batch.tryAddMessage({
          body,
          messageId: `m-${body}`,
          applicationProperties: { body },
        }),
      ).toBe(true);
    await sender.sendMessages(batch);
    const messages = await receiveExactly(receiver, 50);
    expect(messageBodies(messages)).toEqual([...Array(50).keys()]);
    expect(messages[49]).toMatchObject({
      messageId: "m-49",
      applicationProperties: { body: 49 },
    });
    for (const message of messages) await receiver.completeMessage(message);
  });

  test("limits the batch to the maximum size of the broker", async () => {
    const { sender, receiver } = bus.queue("plain");
    const batch = await sender.createMessageBatch();
    const body = "x".repeat(100_000);
    while (batch.tryAddMessage({ body })) expect(batch.count).toBeLessThan(100);
    expect(batch.count).toBeGreaterThan(0);
    expect(batch.sizeInBytes).toBeLessThanOrEqual(batch.maxSizeInBytes);
    await sender.sendMessages(batch);
    for (const message of await receiveExactly(receiver, batch.count))
      await receiver.completeMessage(message);
  });
});
