import { Bus, bodies, glance, take } from "./bus";

describe("the subscriptions of a topic", () => {
  const bus = new Bus();

  test("get what their correlation and SQL filters take, each a copy of its own", async () => {
    const { sender, receivers } = bus.topic("events", "all", "red", "large");
    const [all, red, large] = receivers;
    if (!all || !red || !large) throw new Error("none");
    const paint = (body: string, colour: string, size: number) => ({
      body,
      subject: "paint",
      applicationProperties: { colour, size },
    });
    await sender.sendMessages([
      paint("small red", "red", 1),
      paint("large red", "red", 100),
      paint("large blue", "blue", 11),
      paint("large green", "green", 11),
      { body: "nothing of it" },
    ]);
    for (const [receiver, expected] of [
      [red, ["small red", "large red"]],
      [large, ["large red", "large blue"]],
    ] as const) {
      const messages = await take(receiver, expected.length);
      expect(bodies(messages)).toEqual(expected);
      expect(await glance(receiver)).toEqual([]);
      for (const message of messages) await receiver.completeMessage(message);
    }
    const messages = await take(all, 5);
    for (const message of messages) await all.completeMessage(message);
  });
});
