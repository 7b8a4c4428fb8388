import {
  TestBus,
  messageBodies,
  receiveBriefly,
  receiveExactly,
  receiveOne,
} from "../support/service-bus/bus";

describe("the subscriptions of a topic", () => {
  const bus = new TestBus();

  test("receive a copy of each message that matches their correlation or SQL filter", async () => {
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
      { body: "no match" },
    ]);
    for (const [receiver, expected] of [
      [red, ["small red", "large red"]],
      [large, ["large red", "large blue"]],
    ] as const) {
      const messages = await receiveExactly(receiver, expected.length);
      expect(messageBodies(messages)).toEqual(expected);
      expect(await receiveBriefly(receiver)).toEqual([]);
      for (const message of messages) await receiver.completeMessage(message);
    }
    const messages = await receiveExactly(all, 5);
    for (const message of messages) await all.completeMessage(message);
  });

  test("that require sessions dead-letter a message without a session id", async () => {
    const { sender } = bus.topic("events", "ordered");
    await sender.sendMessages([{ body: 1 }, { body: 2, sessionId: "a" }]);
    const session = await bus.client.acceptSession("events", "ordered", "a");
    const ordered = await receiveOne(session);
    expect(ordered.body).toBe(2);
    await session.completeMessage(ordered);
    const deadLetters = bus.client.createReceiver("events", "ordered", {
      subQueueType: "deadLetter",
    });
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({
      body: 1,
      deadLetterReason: "Session ID is null",
    });
    await deadLetters.completeMessage(dead);
  });
});
