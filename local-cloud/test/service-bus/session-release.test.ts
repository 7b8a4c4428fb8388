import { TestBus, receiveOne } from "../support/service-bus/bus";

describe("a session that is given back with a message unsettled", () => {
  const bus = new TestBus();

  test("gives the message again, and a closed session does not count as a delivery", async () => {
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

  test("an expired lock counts", async () => {
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
