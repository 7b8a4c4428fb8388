import {
  type ServiceBusFixture,
  startServiceBusFixture,
} from "../../../support/functions-host/service-bus-fixture";

let bus: ServiceBusFixture;
beforeAll(async () => {
  bus = await startServiceBusFixture();
});
afterAll(() => bus.stop());

const one = async () => (await bus.output.take(1))[0];

const anyText = expect.any(String) as string;
const utc = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
const offset = expect.stringMatching(/^\d{4}-.*\+00:00$/) as string;

describe("a queue trigger", () => {
  test("gives the function its message with its metadata, and completes it", async () => {
    await bus.send("requests", {
      body: { order: 7 },
      messageId: "m-1",
      correlationId: "c-1",
      contentType: "application/json",
      subject: "orders",
      replyTo: "answers",
      replyToSessionId: "s-1",
      to: "shop",
      timeToLive: 60_000,
      applicationProperties: { Priority: 3, kind: "new" },
    });
    expect(await one()).toEqual({
      body: { order: 7 },
      type: "object",
      triggerMetadata: {
        deliveryCount: 1,
        lockToken: anyText,
        messageId: "m-1",
        correlationId: "c-1",
        sequenceNumber: expect.any(Number) as number,
        enqueuedTimeUtc: utc,
        enqueuedTime: offset,
        expiresAtUtc: utc,
        expiresAt: offset,
        contentType: "application/json",
        replyTo: "answers",
        to: "shop",
        subject: "orders",
        label: "orders",
        applicationProperties: { priority: 3, kind: "new" },
        userProperties: { priority: 3, kind: "new" },
        replyToSessionId: "s-1",
      },
    });
    await bus.whenEmpty("requests");
  });

  test.each([
    ["text", Buffer.from("plain text"), "plain text", "string"],
    ["a JSON string", "quoted", "quoted", "string"],
    ["a number", 42, 42, "number"],
    ["nothing", Buffer.alloc(0), "", "string"],
    ["JSON of any content type", Buffer.from("[1]"), [1], "object"],
  ])("gives %s as what it is", async (_, body, expected, type) => {
    await bus.send("requests", { body, contentType: "text/plain" });
    expect(await one()).toMatchObject({ body: expected, type });
  });

  test("gives bytes that are no text damaged, as on Azure, or whole for dataType binary", async () => {
    const body = Buffer.from([1, 255, 0, 128]);
    await bus.send("requests", { body, messageId: "bytes" });
    expect(await one()).toMatchObject({ body: "\u0001\uFFFD\0\uFFFD" });
    expect(bus.host.output()).toContain(
      "Message bytes of requests is not text",
    );
    await bus.send("raw", { body });
    expect(await one()).toEqual({ hex: "01ff0080" });
  });

  test.each([
    ["Diagnostic-Id", {}],
    ["traceparent", { tracestate: "vendor=1" }],
  ])("takes the trace from %s", async (name, more) => {
    const traceParent =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const applicationProperties = { [name]: traceParent, ...more };
    await bus.send("requests", { body: "traced", applicationProperties });
    expect(await one()).toMatchObject({
      traceContext: {
        traceParent,
        traceState: "tracestate" in more ? "vendor=1" : "",
      },
    });
  });

  test("delivers again what failed, each time counted, until it succeeds", async () => {
    await bus.send("stubborn", { body: { id: 1, succeedsAt: 3 } });
    expect(await one()).toEqual({ id: 1, deliveryCount: 3 });
    await bus.whenEmpty("stubborn");
    expect(bus.host.output()).toMatch(/Error: not at 2/);
  });

  test("leaves to the broker what fails as often as may be: it goes to the dead letters", async () => {
    await bus.send("stubborn", { body: { id: 2, succeedsAt: 99 } });
    const receiver = bus.client.createReceiver("stubborn", {
      subQueueType: "deadLetter",
    });
    const [dead] = await receiver.receiveMessages(1);
    expect(dead).toMatchObject({
      body: { id: 2 },
      deadLetterReason: "MaxDeliveryCountExceeded",
    });
    if (dead) await receiver.completeMessage(dead);
    await receiver.close();
    expect(bus.host.output().match(/Error: not at 4/g)).toHaveLength(1);
    expect(bus.host.output()).not.toContain("Error: not at 5");
  });

  test("abandons a message whose output could not be sent", async () => {
    await bus.send("too-large", { body: "go" });
    const receiver = bus.client.createReceiver("too-large", {
      subQueueType: "deadLetter",
    });
    expect(await receiver.receiveMessages(1)).toMatchObject([{ body: "go" }]);
    await receiver.close();
    expect(bus.host.output()).toMatch(
      /The output binding \S+ of function tooLarge could not be written: /,
    );
  });

  test("runs as many at once as it may and keeps a lock for as long as its function runs", async () => {
    const bodies = Array.from({ length: 10 }, (_, id) => ({ id, ms: 300 }));
    // Longer than the lock of two seconds.
    const messages = [{ id: 10, ms: 3000 }, ...bodies];
    await bus.send(
      "slow",
      messages.map((body) => ({ body })),
    );
    const found = await bus.output.take(11);
    const ids = found.map(({ id }) => Number(id)).sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: 11 }, (_, id) => id));
    const together = found.map((each) => Number(each["together"]));
    expect(Math.max(...together)).toBe(4);
    expect(found.every(({ deliveryCount }) => deliveryCount === 1)).toBe(true);
  });

  test("without auto-complete leaves what succeeded locked, but abandons what failed", async () => {
    await bus.send("manual", { body: "fail" });
    expect(await one()).toEqual({ body: "fail", deliveryCount: 2 });
    // It comes back when its lock has ended: nobody has completed it.
    expect(await one()).toEqual({ body: "fail", deliveryCount: 3 });
  });

  test("runs by hand with the input as its message", async () => {
    const url = `${bus.host.url}/admin/functions/echo`;
    const body = JSON.stringify({ input: '{"by":"hand"}' });
    expect((await fetch(url, { method: "POST", body })).status).toBe(202);
    expect(await one()).toMatchObject({ body: { by: "hand" } });
  });
});
