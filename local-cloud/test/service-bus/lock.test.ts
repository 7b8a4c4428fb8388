import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

describe("the lock of a message", () => {
  const bus = new TestBus();

  test("is extended by its full duration on renewal", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await bus.advanceTime(4000);
    const until = await receiver.renewMessageLock(message);
    expect(Number(until) - Number(message.enqueuedTimeUtc)).toBeGreaterThan(
      8500,
    );
    await bus.advanceTime(4000);
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("expires: completing and renewing fail with MessageLockLost, and the message is redelivered", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    await sender.sendMessages({ body: 1 });
    const lost = await receiveOne(receiver);
    await bus.advanceTime(5500);
    await expect(receiver.completeMessage(lost)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
    await expect(receiver.renewMessageLock(lost)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
    const again = await receiveOne(receiver);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await receiver.completeMessage(again);
  });

  test("can be settled on another link after its link is closed", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    await receiver.close();
    const other = bus.client.createReceiver("plain");
    expect(await receiveBriefly(other)).toEqual([]);
    await other.completeMessage(message);
    expect(await other.peekMessages(1)).toEqual([]);
  });

  test("cannot be used twice", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await receiveOne(receiver);
    const other = bus.client.createReceiver("plain");
    await other.completeMessage(message).catch(() => undefined);
    await receiver.completeMessage(message).catch(() => undefined);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});
