import { TestBus, receiveOne } from "../support/service-bus/bus";

describe("a message over the size limit", () => {
  const bus = new TestBus();

  test("is rejected with MessageSizeExceeded, and the sender stays usable", async () => {
    const { sender, receiver } = bus.queue("plain");
    const tooLarge = { body: Buffer.alloc(300 * 1024) };
    await expect(sender.sendMessages(tooLarge)).rejects.toMatchObject({
      code: "MessageSizeExceeded",
    });
    await expect(
      sender.scheduleMessages(tooLarge, new Date(Date.now() + 5000)),
    ).rejects.toMatchObject({ code: "MessageSizeExceeded" });
    await sender.sendMessages({ body: "small" });
    await receiver.completeMessage(await receiveOne(receiver));
  });
});
