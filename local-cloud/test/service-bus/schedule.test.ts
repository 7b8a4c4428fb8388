import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

const inFuture = (ms: number) => new Date(Date.now() + ms);

describe("scheduleMessages", () => {
  const bus = new TestBus();

  test("enqueues the message at its scheduled time with a new sequence number", async () => {
    const { sender, receiver } = bus.queue("plain");
    const at = inFuture(5000);
    const [sequenceNumber] = await sender.scheduleMessages(
      { body: "later" },
      at,
    );
    await sender.sendMessages({ body: "now" });
    const first = await receiveOne(receiver);
    expect(first.body).toBe("now");
    await receiver.completeMessage(first);
    expect(await receiveBriefly(receiver)).toEqual([]);
    expect(await receiver.peekMessages(1)).toMatchObject([
      { body: "later", state: "scheduled", sequenceNumber },
    ]);
    await bus.advanceTime(5500);
    const message = await receiveOne(receiver);
    expect(message).toMatchObject({ body: "later", state: "active" });
    expect(message.scheduledEnqueueTimeUtc?.getTime()).toBe(at.getTime());
    expect(message.sequenceNumber?.greaterThan(sequenceNumber ?? 0)).toBe(true);
    await receiver.completeMessage(message);
  });

  test("sendMessages with scheduledEnqueueTimeUtc delays the message, too", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({
      body: 1,
      scheduledEnqueueTimeUtc: inFuture(5000),
    });
    expect(await receiveBriefly(receiver)).toEqual([]);
    await bus.advanceTime(5500);
    await receiver.completeMessage(await receiveOne(receiver));
  });

  test("delivers a due message to a receiver that is already waiting", async () => {
    const { sender, receiver } = bus.queue("plain");
    const waiting = receiveOne(receiver);
    await sender.scheduleMessages({ body: 1 }, inFuture(300));
    await receiver.completeMessage(await waiting);
  });

  test("cancelled messages are never delivered; cancelling again fails with MessageNotFound", async () => {
    const { sender, receiver } = bus.queue("plain");
    const numbers = await sender.scheduleMessages(
      [{ body: 1 }, { body: 2 }],
      inFuture(5000),
    );
    await sender.cancelScheduledMessages(numbers);
    await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject(
      {
        code: "MessageNotFound",
      },
    );
    await bus.advanceTime(5500);
    expect(await receiveBriefly(receiver)).toEqual([]);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("a message scheduled on a topic reaches its subscriptions when due, unless it was cancelled", async () => {
    const { sender, receivers } = bus.topic("events", "all");
    const [receiver] = receivers;
    if (receiver === undefined) throw new Error("none");
    const [cancelled] = await sender.scheduleMessages(
      [{ body: "never" }, { body: "later" }],
      inFuture(5000),
    );
    if (cancelled) await sender.cancelScheduledMessages(cancelled);
    expect(await receiveBriefly(receiver)).toEqual([]);
    await bus.advanceTime(5500);
    const message = await receiveOne(receiver);
    expect(message.body).toBe("later");
    await receiver.completeMessage(message);
    expect(await receiveBriefly(receiver)).toEqual([]);
  });
});
