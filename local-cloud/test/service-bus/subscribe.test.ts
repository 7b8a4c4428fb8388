import { eventually } from "../support/shared/eventually";
import { TestBus } from "../support/service-bus/bus";

describe("a subscribed receiver", () => {
  const bus = new TestBus();

  test("handles so many at a time, completes what succeeds and gets again what threw", async () => {
    const { sender, receiver } = bus.queue("plain");
    let now = 0;
    let most = 0;
    const deliveries = new Map<unknown, number>();
    const subscription = receiver.subscribe(
      {
        processMessage: async ({ body, deliveryCount = 0 }) => {
          most = Math.max(most, (now += 1));
          await new Promise(setImmediate);
          now -= 1;
          deliveries.set(body, deliveryCount + 1);
          if (body === 7 && deliveryCount === 0) throw new Error("once");
        },
        processError: () => Promise.resolve(),
      },
      { maxConcurrentCalls: 5 },
    );
    await sender.sendMessages(
      Array.from({ length: 40 }, (_, body) => ({ body })),
    );
    await eventually(async () => {
      expect(deliveries.size).toBe(40);
      expect(deliveries.get(7)).toBe(2);
      expect(await bus.client.createReceiver("plain").peekMessages(1)).toEqual(
        [],
      );
    });
    expect(most).toBeLessThanOrEqual(5);
    await subscription.close();
  });
});
