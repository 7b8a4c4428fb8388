import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

const soon = (ms: number) => new Date(Date.now() + ms);

describe("scheduling", () => {
  const bus = new TestBus();

  test("a scheduled message comes at its time, as one that was sent then", async () => {
    const { sender, receiver } = bus.queue("plain");
    const at = soon(5000);
    const [number] = await sender.scheduleMessages({ body: "later" }, at);
    await sender.sendMessages({ body: "now" });
    const first = await receiveOne(receiver);
    expect(first.body).toBe("now");
    await receiver.completeMessage(first);
    expect(await receiveBriefly(receiver)).toEqual([]);
    expect(await receiver.peekMessages(1)).toMatchObject([
      { body: "later", state: "scheduled", sequenceNumber: number },
    ]);
    await bus.advanceTime(5500);
    const message = await receiveOne(receiver);
    expect(message).toMatchObject({ body: "later", state: "active" });
    expect(message.scheduledEnqueueTimeUtc?.getTime()).toBe(at.getTime());
    expect(message.sequenceNumber?.greaterThan(number ?? 0)).toBe(true);
    await receiver.completeMessage(message);
  });

  test("a time given with the message when it is sent counts as well", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({
      body: 1,
      scheduledEnqueueTimeUtc: soon(5000),
    });
    expect(await receiveBriefly(receiver)).toEqual([]);
    await bus.advanceTime(5500);
    await receiver.completeMessage(await receiveOne(receiver));
  });

  test("a scheduled message comes by itself to a receiver that waits", async () => {
    const { sender, receiver } = bus.queue("plain");
    const waiting = receiveOne(receiver);
    await sender.scheduleMessages({ body: 1 }, soon(300));
    await receiver.completeMessage(await waiting);
  });

  test("cancelled messages never come, and cannot be cancelled again", async () => {
    const { sender, receiver } = bus.queue("plain");
    const numbers = await sender.scheduleMessages(
      [{ body: 1 }, { body: 2 }],
      soon(5000),
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

  test("a message scheduled to a topic goes to the subscriptions at its time, unless it is cancelled", async () => {
    const { sender, receivers } = bus.topic("events", "all");
    const [receiver] = receivers;
    if (receiver === undefined) throw new Error("none");
    const [cancelled] = await sender.scheduleMessages(
      [{ body: "never" }, { body: "later" }],
      soon(5000),
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
