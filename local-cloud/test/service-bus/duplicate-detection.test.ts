import {
  TestBus,
  messageBodies,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("duplicate detection", () => {
  const bus = new TestBus();

  test("accepts and discards a message whose id was sent before", async () => {
    const { sender, receiver } = bus.queue("duplicates");
    await sender.sendMessages({ body: "first", messageId: "same" });
    await sender.sendMessages({ body: "second", messageId: "same" });
    await sender.sendMessages([
      { body: "third", messageId: "same" },
      { body: "other", messageId: "other" },
    ]);
    const messages = await receiveExactly(receiver, 2);
    expect(messageBodies(messages)).toEqual(["first", "other"]);
    expect(await receiveBriefly(receiver)).toEqual([]);
    for (const message of messages) await receiver.completeMessage(message);
  });

  test("drops duplicates of a completed message only within the history window", async () => {
    const { sender, receiver } = bus.queue("duplicates");
    const send = (body: string) =>
      sender.sendMessages({ body, messageId: "again" });
    await send("first");
    await receiver.completeMessage(await receiveOne(receiver));
    await send("within");
    expect(await receiveBriefly(receiver)).toEqual([]);
    await bus.advanceTime(25_000);
    await send("after");
    const message = await receiveOne(receiver);
    expect(message.body).toBe("after");
    await receiver.completeMessage(message);
  }, 60_000);

  test("keeps one of five messages with the same id that are sent concurrently", async () => {
    const { sender, receiver } = bus.queue("duplicates");
    await Promise.all(
      [1, 2, 3, 4, 5].map((body) =>
        sender.sendMessages({ body, messageId: "racing" }),
      ),
    );
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await receiveBriefly(receiver)).toEqual([]);
  });

  test("keeps both messages in a queue without duplicate detection", async () => {
    const { sender, receiver } = bus.queue("plain");
    for (const body of [1, 2])
      await sender.sendMessages({ body, messageId: "same" });
    const messages = await receiveExactly(receiver, 2);
    expect(messageBodies(messages)).toEqual([1, 2]);
    for (const message of messages) await receiver.completeMessage(message);
  });
});
