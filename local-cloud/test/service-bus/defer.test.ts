import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import {
  TestBus,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

const sequenceNumberOf = ({ sequenceNumber }: ServiceBusReceivedMessage) => {
  if (sequenceNumber === undefined)
    throw new Error("The message has no sequence number.");
  return sequenceNumber;
};

describe("deferMessage", () => {
  const bus = new TestBus();

  test("delivers the message only to receiveDeferredMessages with its sequence number", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const [first, second] = await receiveExactly(receiver, 2);
    if (first === undefined || second === undefined) throw new Error("none");
    await receiver.deferMessage(first, { why: "too early" });
    await receiver.completeMessage(second);
    expect(await receiveBriefly(receiver)).toEqual([]);
    expect(await receiver.peekMessages(2)).toMatchObject([
      { body: 1, state: "deferred" },
    ]);
    const [deferred] = await receiver.receiveDeferredMessages([
      sequenceNumberOf(first),
    ]);
    if (deferred === undefined) throw new Error("none");
    expect(deferred).toMatchObject({
      body: 1,
      state: "deferred",
      applicationProperties: { why: "too early" },
    });
    await expect(
      receiver.receiveDeferredMessages([sequenceNumberOf(first)]),
    ).rejects.toMatchObject({ code: "MessageNotFound" });
    await receiver.completeMessage(deferred);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("keeps an abandoned message deferred and increases its delivery count", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [first] = await receiver.receiveDeferredMessages([
      sequenceNumberOf(message),
    ]);
    if (first) await receiver.abandonMessage(first);
    expect(await receiveBriefly(receiver)).toEqual([]);
    const [second] = await receiver.receiveDeferredMessages([
      sequenceNumberOf(message),
    ]);
    expect(second?.deliveryCount).toBe(1);
    if (second)
      await receiver.deadLetterMessage(second, {
        deadLetterReason: "enough",
        deadLetterErrorDescription: "twice",
      });
    const { deadLetters } = bus.queue("plain");
    const dead = await receiveOne(deadLetters);
    expect(dead.deadLetterReason).toBe("enough");
    await deadLetters.completeMessage(dead);
  });

  test("removes a deferred message that is received in receiveAndDelete mode", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const deleting = bus.client.createReceiver("plain", {
      receiveMode: "receiveAndDelete",
    });
    const received = await deleting.receiveDeferredMessages([
      sequenceNumberOf(message),
    ]);
    expect(received).toMatchObject([{ body: 1 }]);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});
