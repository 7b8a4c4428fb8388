import {
  TestBus,
  messageBodies,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("abandonMessage", () => {
  const bus = new TestBus();

  test("redelivers the message with delivery count 1, a new lock token and the merged properties", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({
      body: 1,
      applicationProperties: { old: "a", kept: 7 },
    });
    const first = await receiveOne(receiver);
    await receiver.abandonMessage(first, { old: "b", added: true });
    const second = await receiveOne(receiver);
    expect(second).toMatchObject({
      body: 1,
      deliveryCount: 1,
      applicationProperties: { old: "b", kept: 7, added: true },
    });
    expect(second.lockToken).not.toBe(first.lockToken);
    expect(second.sequenceNumber).toEqual(first.sequenceNumber);
    await receiver.completeMessage(second);
  });

  test("redelivers the message before later messages", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([1, 2, 3].map((body) => ({ body })));
    const [first, second] = await receiveExactly(receiver, 2);
    if (first === undefined || second === undefined) throw new Error("none");
    await receiver.abandonMessage(first);
    await receiver.completeMessage(second);
    const left = await receiveExactly(receiver, 2);
    expect(messageBodies(left)).toEqual([1, 3]);
    for (const message of left) await receiver.completeMessage(message);
  });
});
