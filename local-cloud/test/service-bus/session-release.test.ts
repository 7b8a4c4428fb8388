import { TestBus, receiveOne } from "../support/service-bus/bus";

describe("a session that ends with an unsettled message", () => {
  const bus = new TestBus();

  test("redelivers the message with delivery count 0 when the session was closed", async () => {
    const { sender } = bus.queue("sessions");
    await sender.sendMessages({ body: 1, sessionId: "a" });
    for (let i = 0; i < 5; i += 1) {
      const session = await bus.client.acceptSession("sessions", "a");
      expect((await receiveOne(session)).deliveryCount).toBe(0);
      await session.close();
    }
    const session = await bus.client.acceptSession("sessions", "a");
    await session.completeMessage(await receiveOne(session));
  });

  test("increases the delivery count each time the session lock expires, and dead-letters the message at the maximum", async () => {
    const { sender, deadLetters } = bus.queue("sessions");
    await sender.sendMessages({ body: 1, sessionId: "a" });
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const session = await bus.client.acceptSession("sessions", "a", {
        maxAutoLockRenewalDurationInMs: 0,
      });
      expect((await receiveOne(session)).deliveryCount).toBe(delivery);
      await bus.advanceTime(5500);
    }
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({
      sessionId: "a",
      deadLetterReason: "MaxDeliveryCountExceeded",
    });
    await deadLetters.completeMessage(dead);
  });
});
