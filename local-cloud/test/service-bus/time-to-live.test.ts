import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

describe("time to live", () => {
  const bus = new TestBus();

  test("moves an expired message to the dead letters where the queue says so", async () => {
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

  test("drops an expired message elsewhere", async () => {
    const { sender, receiver, deadLetters } = bus.queue("plain");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    await bus.advanceTime(2500);
    expect(await receiveBriefly(receiver)).toEqual([]);
    expect(await receiver.peekMessages(1)).toEqual([]);
    expect(await deadLetters.peekMessages(1)).toEqual([]);
  });

  test("ends for a locked message when it is given back", async () => {
    const { sender, receiver, deadLetters } = bus.queue("expiring");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    const message = await receiveOne(receiver);
    await bus.advanceTime(2500);
    expect(await deadLetters.peekMessages(1)).toEqual([]);
    await receiver.abandonMessage(message);
    await deadLetters.completeMessage(await receiveOne(deadLetters));
  });

  test("ends for a deferred message too", async () => {
    const { sender, receiver, deadLetters } = bus.queue("expiring");
    await sender.sendMessages({ body: 1, timeToLive: 2000 });
    await receiver.deferMessage(await receiveOne(receiver));
    await bus.advanceTime(2500);
    await deadLetters.completeMessage(await receiveOne(deadLetters));
  });
});
