import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

describe("deadLetterMessage", () => {
  const bus = new TestBus();

  test("moves the message to the dead-letter queue with reason, description and properties", async () => {
    const { sender, receiver, deadLetters } = bus.queue("plain");
    await sender.sendMessages({
      body: { id: 1 },
      messageId: "m",
      correlationId: "c",
      applicationProperties: { kept: 1 },
    });
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: "invalid",
      deadLetterErrorDescription: "no task",
      field: "/task",
    });
    expect(await receiveBriefly(receiver)).toEqual([]);
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({
      body: { id: 1 },
      messageId: "m",
      correlationId: "c",
      deadLetterReason: "invalid",
      deadLetterErrorDescription: "no task",
      applicationProperties: { kept: 1, field: "/task" },
    });
    await deadLetters.completeMessage(dead);
    expect(await deadLetters.peekMessages(1)).toEqual([]);
  });

  test("leaves deadLetterReason undefined when no reason is given", async () => {
    const { sender, receiver, deadLetters } = bus.queue("plain");
    await sender.sendMessages({ body: 1 });
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const dead = await receiveOne(deadLetters);
    expect(dead.deadLetterReason).toBeUndefined();
    await deadLetters.completeMessage(dead);
  });

  test("redelivers a dead-lettered message beyond the maximum delivery count and refuses to dead-letter it again", async () => {
    const { sender, receiver, deadLetters } = bus.queue("short-lock");
    await sender.sendMessages({ body: 1 });
    await receiver.deadLetterMessage(await receiveOne(receiver));
    for (let i = 0; i < 4; i += 1)
      await deadLetters.abandonMessage(await receiveOne(deadLetters));
    const dead = await receiveOne(deadLetters);
    expect(dead.deliveryCount).toBe(4);
    await expect(deadLetters.deadLetterMessage(dead)).rejects.toThrow(
      /dead-letter queue/,
    );
  });
});
