import type { PeekMessagesOptions } from "@azure/service-bus";
import {
  TestBus,
  messageBodies,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("peekMessages", () => {
  const bus = new TestBus();

  test("returns the messages page by page without increasing their delivery count", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages(
      Array.from({ length: 7 }, (_, body) => ({ body })),
    );
    expect(messageBodies(await receiver.peekMessages(3))).toEqual([0, 1, 2]);
    expect(messageBodies(await receiver.peekMessages(3))).toEqual([3, 4, 5]);
    expect(messageBodies(await receiver.peekMessages(3))).toEqual([6]);
    expect(await receiver.peekMessages(3)).toEqual([]);
    const all = await receiveExactly(receiver, 7);
    expect(all.every(({ deliveryCount }) => deliveryCount === 0)).toBe(true);
    for (const message of all) await receiver.completeMessage(message);
  });

  test("starts at fromSequenceNumber and includes locked messages", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const locked = await receiveOne(receiver);
    const fromSequenceNumber = locked.sequenceNumber;
    if (fromSequenceNumber === undefined)
      throw new Error("The message has no sequence number.");
    expect(
      messageBodies(await receiver.peekMessages(9, { fromSequenceNumber })),
    ).toEqual([1, 2]);
    expect(
      messageBodies(
        await receiver.peekMessages(9, {
          fromSequenceNumber: fromSequenceNumber.add(1),
        }),
      ),
    ).toEqual([2]);
    await receiver.completeMessage(locked);
    await receiver.completeMessage(await receiveOne(receiver));
  });

  test("returns the messages of one session only", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages([
      { body: 1, sessionId: "a" },
      { body: 2, sessionId: "b" },
      { body: 3, sessionId: "a" },
    ]);
    const a = await bus.client.acceptSession("sessions", "a");
    expect(messageBodies(await a.peekMessages(9))).toEqual([1, 3]);
    for (const message of await receiveExactly(a, 2))
      await a.completeMessage(message);
    const b = await bus.client.acceptSession("sessions", "b");
    await b.completeMessage(await receiveOne(b));
  });

  test("omits the bodies with omitMessageBody", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: "large", subject: "kept" });
    // The client supports this option, but its types do not declare it.
    const options = { omitMessageBody: true } as PeekMessagesOptions;
    const [peeked] = await receiver.peekMessages(1, options);
    expect(peeked?.subject).toBe("kept");
    expect(peeked?.body).not.toBe("large");
    await receiver.completeMessage(await receiveOne(receiver));
  });
});
