import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

describe("timeToLive", () => {
  const bus = new TestBus();

  test("dead-letters an expired message when the queue is configured to", async () => {
    const { sender, receiver, deadLetters } = bus.queue("expiring");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    await bus.advanceTime(2500);
    expect(await receiveBriefly(receiver)).toEqual([]);
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({
      body: 1,
      deadLetterReason: "TTLExpiredException",
    });
    await bus.advanceTime(2500);
    await deadLetters.completeMessage(dead);
  });

  test("drops an expired message in a queue without dead-lettering on expiration", async () => {
    const { sender, receiver, deadLetters } = bus.queue("plain");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    await bus.advanceTime(2500);
    expect(await receiveBriefly(receiver)).toEqual([]);
    expect(await receiver.peekMessages(1)).toEqual([]);
    expect(await deadLetters.peekMessages(1)).toEqual([]);
  });

  test("expires a locked message only when it is abandoned", async () => {
    const { sender, receiver, deadLetters } = bus.queue("expiring");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    const message = await receiveOne(receiver);
    await bus.advanceTime(2500);
    expect(await deadLetters.peekMessages(1)).toEqual([]);
    await receiver.abandonMessage(message);
    await deadLetters.completeMessage(await receiveOne(deadLetters));
  });

  test("expires a deferred message, too", async () => {
    const { sender, receiver, deadLetters } = bus.queue("expiring");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    await receiver.deferMessage(await receiveOne(receiver));
    await bus.advanceTime(2500);
    await deadLetters.completeMessage(await receiveOne(deadLetters));
  });
});
