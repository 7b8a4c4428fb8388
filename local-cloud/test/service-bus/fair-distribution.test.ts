import { eventually } from "../support/shared/eventually";
import { TestBus } from "../support/service-bus/bus";

describe("two receivers of one queue", () => {
  const bus = new TestBus();

  test("each receive more than 40 of 200 messages", async () => {
    const { sender, receiver } = bus.queue("plain");
    const other = bus.newClient().createReceiver("plain");
    const counts = [0, 0];
    const subscriptions = [receiver, other].map((eachReceiver, index) =>
      eachReceiver.subscribe({
        processMessage: () => {
          counts[index] = (counts[index] ?? 0) + 1;
          return Promise.resolve();
        },
        processError: () => Promise.resolve(),
      }),
    );
    for (let i = 0; i < 10; i += 1)
      await sender.sendMessages(
        Array.from({ length: 20 }, () => ({ body: 1 })),
      );
    await eventually(() => {
      expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(200);
    });
    expect(Math.min(...counts)).toBeGreaterThan(40);
    for (const subscription of subscriptions) await subscription.close();
  });
});
