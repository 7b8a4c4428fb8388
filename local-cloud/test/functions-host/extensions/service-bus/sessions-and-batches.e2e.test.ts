import {
  type ServiceBusFixture,
  startServiceBusFixture,
} from "../../../support/functions-host/service-bus-fixture";

let bus: ServiceBusFixture;
beforeAll(async () => {
  bus = await startServiceBusFixture();
});
afterAll(() => bus.stop());

describe("a session trigger", () => {
  test("runs the messages of a session sequentially and sessions concurrently", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const numbers = [0, 1, 2, 3, 4, 5];
    // Interleaved: the first of each session, the second of each, and so on.
    await bus.send(
      "ordered",
      numbers.flatMap((number) =>
        names.map((sessionId) => ({ sessionId, body: { number, ms: 40 } })),
      ),
    );
    const found = await bus.output.take(names.length * numbers.length);
    for (const name of names)
      expect(
        found.flatMap(({ sessionId, number }) =>
          sessionId === name ? [number] : [],
        ),
      ).toEqual(numbers);
    expect(found.every(({ inSession }) => inSession === 1)).toBe(true);
    const spans = found.map(({ sessionId, span }) => ({
      sessionId,
      span: span as readonly [number, number],
    }));
    const isConcurrent = spans.some((a) =>
      spans.some(
        (b) =>
          a.sessionId !== b.sessionId &&
          a.span[0] < b.span[1] &&
          b.span[0] < a.span[1],
      ),
    );
    expect(isConcurrent).toBe(true);
  });

  test("redelivers a failed message before its successors", async () => {
    const bodies = [
      { number: 0 },
      { number: 1, failsOnce: true },
      { number: 2 },
    ];
    await bus.send(
      "ordered",
      bodies.map((body) => ({ sessionId: "again", body })),
    );
    expect(await bus.output.take(3)).toMatchObject([
      { number: 0, deliveryCount: 1 },
      { number: 1, deliveryCount: 2 },
      { number: 2, deliveryCount: 1 },
    ]);
  });

  test("passes batches of a session", async () => {
    const bodies = [0, 1, 2].map((body) => ({ sessionId: "s", body }));
    await bus.send("session-batches", bodies);
    const found = await bus.output.take(1);
    expect(found).toEqual([{ bodies: [0, 1, 2], sessionIds: ["s", "s", "s"] }]);
  });
});

describe("a batch trigger", () => {
  test("passes bodies and metadata as arrays of at most maxMessageBatchSize", async () => {
    const messages = [0, 1, 2, 3, 4, 5, 6].map((id) => ({
      body: { id },
      messageId: `b-${id}`,
      ...(id > 0 && { subject: "later" }),
      applicationProperties: { id },
    }));
    await bus.send("batches", messages);
    const batches = await bus.output.take(2);
    const all = batches.flatMap(({ bodies }) => bodies as { id: number }[]);
    expect(all.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const [first] = batches;
    expect(first?.["bodies"]).toHaveLength(5);
    expect(first?.["triggerMetadata"]).toMatchObject({
      deliveryCountArray: [1, 1, 1, 1, 1],
      messageIdArray: ["b-0", "b-1", "b-2", "b-3", "b-4"],
      subjectArray: ["", "later", "later", "later", "later"],
      applicationPropertiesArray: [0, 1, 2, 3, 4].map((id) => ({ id })),
      enqueuedTimeUtcArray: Array(5).fill(expect.stringMatching(/T[\d:.]+$/)),
    });
    await bus.whenEmpty("batches");
  });

  test("abandons all messages of a failed batch", async () => {
    await bus.send("batches", [{ body: { fails: true } }, { body: { id: 1 } }]);
    const [batch] = await bus.output.take(1);
    expect(batch).toMatchObject({
      bodies: [{ fails: true }, { id: 1 }],
      triggerMetadata: { deliveryCountArray: [2, 2] },
    });
  });
});

describe("an output", () => {
  test("to a topic triggers the function of a subscription and reaches the other subscriptions", async () => {
    expect(await bus.callSendFunction("news", [{ a: 1 }, "text"])).toBe(200);
    expect(await bus.output.take(2)).toEqual([
      { news: { a: 1 }, contentType: "application/json" },
      { news: "text", contentType: "text/plain" },
    ]);
    const archive = bus.client.createReceiver("news", "archive");
    expect(await archive.receiveMessages(2)).toHaveLength(2);
    await archive.close();
  });

  test("of an array becomes one message per element, in order", async () => {
    const value = Array.from({ length: 300 }, (_, number) => ({
      number,
      text: "x".repeat(2000),
    }));
    expect(await bus.callSendFunction("seen", value)).toBe(200);
    const found = await bus.output.take(300);
    expect(found.map(({ number }) => number)).toEqual(
      value.map(({ number }) => number),
    );
  });

  test("that the broker rejects fails the invocation", async () => {
    const value = [{ a: 1 }, "x".repeat(2_000_000)];
    expect(await bus.callSendFunction("seen", value)).toBe(500);
    await bus.output.takeWithin(100);
  });
});
