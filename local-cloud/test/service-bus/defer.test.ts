import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import {
  TestBus,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

const numberOf = ({ sequenceNumber }: ServiceBusReceivedMessage) => {
  if (sequenceNumber === undefined) throw new Error("no number");
  return sequenceNumber;
};

describe("deferring", () => {
  const bus = new TestBus();

  test("keeps the message aside until it is asked for by its number", async () => {
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
      numberOf(first),
    ]);
    if (deferred === undefined) throw new Error("none");
    expect(deferred).toMatchObject({
      body: 1,
      state: "deferred",
      applicationProperties: { why: "too early" },
    });
    await expect(
      receiver.receiveDeferredMessages([numberOf(first)]),
    ).rejects.toMatchObject({ code: "MessageNotFound" });
    await receiver.completeMessage(deferred);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("an abandoned deferred message stays deferred, and that counts", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [first] = await receiver.receiveDeferredMessages([numberOf(message)]);
    if (first) await receiver.abandonMessage(first);
    expect(await receiveBriefly(receiver)).toEqual([]);
    const [second] = await receiver.receiveDeferredMessages([
      numberOf(message),
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

  test("a receiver that deletes takes a deferred message for good", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const deleting = bus.client.createReceiver("plain", {
      receiveMode: "receiveAndDelete",
    });
    const taken = await deleting.receiveDeferredMessages([numberOf(message)]);
    expect(taken).toMatchObject([{ body: 1 }]);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});
