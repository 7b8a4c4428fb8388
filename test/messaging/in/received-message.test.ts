import { toReceivedMessage } from "../../../src/messaging/in/received-message";

const received = (metadata: Record<string, unknown>, body: unknown = {}) =>
  toReceivedMessage("agent-requests", body, metadata);

describe("a received message", () => {
  test("has text for ids that came as JSON values", () => {
    expect(
      received({ messageId: 42, correlationId: true, sessionId: { a: 1 } }),
    ).toMatchObject({
      messageId: "42",
      correlationId: "true",
      sessionId: '{"a":1}',
      damaged: [],
    });
  });

  test("tells of ids that have lost digits on the way", () => {
    const messageId: unknown = JSON.parse("12345678901234567890");
    expect(received({ messageId }).lossyFields).toEqual(["messageId"]);
    expect(received({ messageId: 1.5 }).lossyFields).toEqual([]);
  });

  test("is known by its place in the queue when it has no id", () => {
    const metadata = { messageId: "", sequenceNumber: 7 };
    expect(received(metadata).messageId).toBe("agent-requests-7");
  });

  test("is part of the trace of its sender, or else of the host's", () => {
    const trace = (digit: string) =>
      `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
    const tracedBy = (applicationProperties: Record<string, string>) =>
      toReceivedMessage("q", {}, { applicationProperties }, trace("c"))
        .traceparent;
    const both = { traceparent: trace("a"), "diagnostic-Id": trace("b") };
    expect(tracedBy(both)).toBe(trace("a"));
    expect(tracedBy({ ...both, traceparent: "none" })).toBe(trace("b"));
    expect(tracedBy({})).toBe(trace("c"));
    expect(toReceivedMessage("q", {}, {}).traceparent).toBeUndefined();
  });

  test("leaves out what it does not have", () => {
    const fields = Object.keys(received({ messageId: "a", replyTo: null }));
    expect(fields.sort()).toEqual([
      "body",
      "damaged",
      "deliveryCount",
      "messageId",
      "properties",
      "queue",
      "sequenceNumber",
    ]);
  });
});
