import {
  TestBus,
  messageBodies,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("a receiver that deletes", () => {
  const bus = new TestBus();
  const deleting = () =>
    bus.client.createReceiver("plain", { receiveMode: "receiveAndDelete" });

  test("takes messages for good and cannot settle them", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([1, 2, 3].map((body) => ({ body })));
    const taker = deleting();
    const messages = await receiveExactly(taker, 3);
    expect(messageBodies(messages)).toEqual([1, 2, 3]);
    expect(await receiver.peekMessages(1)).toEqual([]);
    const [first] = messages;
    if (first)
      await expect(taker.completeMessage(first)).rejects.toThrow(
        /receiveAndDelete/,
      );
  });

  test("takes no more than it has asked for", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([1, 2, 3].map((body) => ({ body })));
    const taker = deleting();
    await receiveOne(taker);
    await taker.close();
    const left = await receiveExactly(receiver, 2);
    expect(messageBodies(left)).toEqual([2, 3]);
    for (const message of left) await receiver.completeMessage(message);
    expect(await receiveBriefly(deleting())).toEqual([]);
  });
});
