import { Bus, glance, takeOne } from "./bus";

describe("the lock of a message", () => {
  const bus = new Bus();

  test("is renewed for its whole duration", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    await sender.sendMessages({ body: 1 });
    const message = await takeOne(receiver);
    await bus.passTime(4000);
    const until = await receiver.renewMessageLock(message);
    expect(Number(until) - Number(message.enqueuedTimeUtc)).toBeGreaterThan(
      8500,
    );
    await bus.passTime(4000);
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("expires: the holder can neither settle nor renew, and the message comes back", async () => {
    const { sender, receiver } = bus.queue("short-lock");
    await sender.sendMessages({ body: 1 });
    const lost = await takeOne(receiver);
    await bus.passTime(5500);
    await expect(receiver.completeMessage(lost)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
    await expect(receiver.renewMessageLock(lost)).rejects.toMatchObject({
      code: "MessageLockLost",
    });
    const again = await takeOne(receiver);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await receiver.completeMessage(again);
  });

  test("outlives the link that it was given on, and is settled over another one", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await takeOne(receiver);
    await receiver.close();
    const other = bus.client.createReceiver("plain");
    expect(await glance(other)).toEqual([]);
    await other.completeMessage(message);
    expect(await other.peekMessages(1)).toEqual([]);
  });

  test("cannot be used twice", async () => {
    const { sender, receiver } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    const message = await takeOne(receiver);
    const other = bus.client.createReceiver("plain");
    await other.completeMessage(message).catch(() => undefined);
    await receiver.completeMessage(message).catch(() => undefined);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });
});
