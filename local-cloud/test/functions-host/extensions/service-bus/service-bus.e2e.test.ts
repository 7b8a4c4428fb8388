import {
  type ServiceBusFixture,
  startServiceBusFixture,
} from "../../../support/functions-host/service-bus-fixture";

let bus: ServiceBusFixture;
beforeAll(async () => {
  bus = await startServiceBusFixture();
});
afterAll(() => bus.stop());

const takeOutput = async () => (await bus.output.take(1))[0];

const anyText = expect.any(String) as string;
const utcDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/) as string;
const offsetDate = expect.stringMatching(/^\d{4}-.*\+00:00$/) as string;

describe("a queue trigger", () => {
  test("passes the message to the function, with its metadata below the fields of its JSON text, and completes it", async () => {
    await bus.send("requests", {
      body: { order: 7, SUBJECT: "body" },
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
    expect(await takeOutput()).toEqual({
      body: { order: 7, SUBJECT: "body" },
      type: "object",
      traceContext: { traceParent: "", traceState: "", attributes: {} },
      triggerMetadata: {
        order: 7,
        deliveryCount: 1,
        lockToken: anyText,
        messageId: "m-1",
        correlationId: "c-1",
        sequenceNumber: expect.any(Number) as number,
        enqueuedTimeUtc: utcDate,
        enqueuedTime: offsetDate,
        expiresAtUtc: utcDate,
        expiresAt: offsetDate,
        contentType: "application/json",
        replyTo: "answers",
        to: "shop",
        subject: "body",
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
  ])("converts %s to its JavaScript value", async (_, body, expected, type) => {
    await bus.send("requests", { body, contentType: "text/plain" });
    expect(await takeOutput()).toMatchObject({ body: expected, type });
  });

  test("replaces bytes that are not text, as on Azure, and passes them unchanged for dataType binary", async () => {
    const body = Buffer.from([1, 255, 0, 128]);
    await bus.send("requests", { body, messageId: "bytes" });
    expect(await takeOutput()).toMatchObject({ body: "\u0001\uFFFD\0\uFFFD" });
    expect(bus.host.output()).toContain(
      "Message bytes of requests is not text",
    );
    await bus.send("raw", { body });
    expect(await takeOutput()).toMatchObject({ hex: "01ff0080" });
  });

  test("keeps the metadata of the message for dataType binary", async () => {
    const body = Buffer.from('\ufeff{"messageId":"body","sessionId":"body"}');
    await bus.send("raw", { body, messageId: "mine" });
    const output = await takeOutput();
    expect(output).toMatchObject({
      hex: body.toString("hex"),
      triggerMetadata: { messageId: "mine" },
    });
    expect(output?.["triggerMetadata"]).not.toHaveProperty("sessionId");
  });

  test.each([
    ["Diagnostic-Id", {}],
    ["traceparent", { tracestate: "vendor=1" }],
  ])("reads the trace context from %s", async (name, more) => {
    const traceParent =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const applicationProperties = { [name]: traceParent, ...more };
    await bus.send("requests", { body: "traced", applicationProperties });
    expect(await takeOutput()).toMatchObject({
      traceContext: {
        traceParent,
        traceState: "tracestate" in more ? "vendor=1" : "",
      },
    });
  });

  test("redelivers a failed message with a higher delivery count until it succeeds", async () => {
    await bus.send("retried", { body: { id: 1, succeedsAt: 3 } });
    expect(await takeOutput()).toEqual({ id: 1, deliveryCount: 3 });
    await bus.whenEmpty("retried");
    expect(bus.host.output()).toMatch(/Error: failed at delivery 2/);
  });

  test("lets the broker dead-letter a message that fails MaxDeliveryCount times", async () => {
    await bus.send("retried", { body: { id: 2, succeedsAt: 99 } });
    const receiver = bus.client.createReceiver("retried", {
      subQueueType: "deadLetter",
    });
    const [dead] = await receiver.receiveMessages(1);
    expect(dead).toMatchObject({
      body: { id: 2 },
      deadLetterReason: "MaxDeliveryCountExceeded",
    });
    if (dead) await receiver.completeMessage(dead);
    await receiver.close();
    expect(
      bus.host.output().match(/Error: failed at delivery 4/g),
    ).toHaveLength(1);
    expect(bus.host.output()).not.toContain("Error: failed at delivery 5");
  });

  test("abandons a message whose output cannot be sent", async () => {
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

  test("runs up to maxConcurrentCalls concurrently and renews the locks of running messages", async () => {
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
    const concurrency = found.map((output) => Number(output["concurrency"]));
    expect(Math.max(...concurrency)).toBe(4);
    expect(found.every(({ deliveryCount }) => deliveryCount === 1)).toBe(true);
  });

  test("without auto-complete leaves a message locked on success, but abandons it on failure", async () => {
    await bus.send("manual", { body: "fail" });
    expect(await takeOutput()).toEqual({ body: "fail", deliveryCount: 2 });
    // It is redelivered when its lock expires, because it was not completed.
    expect(await takeOutput()).toEqual({ body: "fail", deliveryCount: 3 });
  });

  test("runs with the input of an admin request as its message", async () => {
    const url = `${bus.host.url}/admin/functions/echo`;
    const body = JSON.stringify({ input: '{"by":"admin"}' });
    expect((await fetch(url, { method: "POST", body })).status).toBe(202);
    expect(await takeOutput()).toMatchObject({ body: { by: "admin" } });
  });
});
