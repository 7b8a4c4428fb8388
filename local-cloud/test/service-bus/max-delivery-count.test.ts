import {
  TestBus,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

const exceeded = {
  deadLetterReason: "MaxDeliveryCountExceeded",
  deadLetterErrorDescription:
    "Message could not be consumed after 3 delivery attempts.",
};

describe("the maximum delivery count", () => {
  const bus = new TestBus();

  test("dead-letters a message that was abandoned three times", async () => {
    const { sender, receiver, deadLetters } = bus.queue("short-lock");
    await sender.sendMessages({ body: "poison" });
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const message = await receiveOne(receiver);
      expect(message.deliveryCount).toBe(delivery);
      await receiver.abandonMessage(message);
    }
    expect(await receiveBriefly(receiver)).toEqual([]);
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({ ...exceeded, body: "poison" });
    await deadLetters.completeMessage(dead);
  });

  test("dead-letters a message whose lock expired three times", async () => {
    const { sender, receiver, deadLetters } = bus.queue("short-lock");
    await sender.sendMessages({ body: 1 });
    for (let delivery = 0; delivery < 3; delivery += 1) {
      await receiveOne(receiver);
      await bus.advanceTime(5500);
    }
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject(exceeded);
    await deadLetters.completeMessage(dead);
  });
});
