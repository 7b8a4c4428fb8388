import { eventually } from "../support/shared/eventually";
import { TestBus } from "../support/service-bus/bus";

describe("a subscribed receiver", () => {
  const bus = new TestBus();

  test("handles at most maxConcurrentCalls messages concurrently, completes handled messages and receives failed ones again", async () => {
    const { sender, receiver } = bus.queue("plain");
    let running = 0;
    let maxRunning = 0;
    const deliveries = new Map<unknown, number>();
    const subscription = receiver.subscribe(
      {
        processMessage: async ({ body, deliveryCount = 0 }) => {
          maxRunning = Math.max(maxRunning, (running += 1));
          await new Promise(setImmediate);
          running -= 1;
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
    expect(maxRunning).toBeLessThanOrEqual(5);
    await subscription.close();
  });
});
