import {
  TestBus,
  messageBodies,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("a receiver in receiveAndDelete mode", () => {
  const bus = new TestBus();
  const createDeletingReceiver = () =>
    bus.client.createReceiver("plain", { receiveMode: "receiveAndDelete" });

  test("removes messages when it receives them and cannot settle them", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([1, 2, 3].map((body) => ({ body })));
    const deleting = createDeletingReceiver();
    const messages = await receiveExactly(deleting, 3);
    expect(messageBodies(messages)).toEqual([1, 2, 3]);
    expect(await receiver.peekMessages(1)).toEqual([]);
    const [first] = messages;
    if (first)
      await expect(deleting.completeMessage(first)).rejects.toThrow(
        /receiveAndDelete/,
      );
  });

  test("removes no more messages than requested", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([1, 2, 3].map((body) => ({ body })));
    const deleting = createDeletingReceiver();
    await receiveOne(deleting);
    await deleting.close();
    const left = await receiveExactly(receiver, 2);
    expect(messageBodies(left)).toEqual([2, 3]);
    for (const message of left) await receiver.completeMessage(message);
    expect(await receiveBriefly(createDeletingReceiver())).toEqual([]);
  });
});
