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

  test("moves a message that is abandoned too often to the dead letters", async () => {
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

  test("counts a lock that expires as well", async () => {
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
