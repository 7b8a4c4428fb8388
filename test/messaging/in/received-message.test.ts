import { toReceivedMessage } from "../../../src/messaging/in/received-message";

const received = (metadata: Record<string, unknown>, body: unknown = {}) =>
  toReceivedMessage("agent-requests", body, metadata);

describe("toReceivedMessage", () => {
  test("converts ids that arrive as JSON values to strings", () => {
    expect(
      received({ messageId: 42, correlationId: true, sessionId: { a: 1 } }),
    ).toMatchObject({
      messageId: "42",
      correlationId: "true",
      sessionId: '{"a":1}',
      lossyFields: [],
    });
  });

  test("reports ids that the Functions library has rounded", () => {
    const messageId: unknown = JSON.parse("12345678901234567890");
    expect(received({ messageId }).lossyFields).toEqual(["messageId"]);
    expect(received({ messageId: 1.5 }).lossyFields).toEqual([]);
  });

  test("uses queue and sequence number as the id of a message without one", () => {
    const metadata = { messageId: "", sequenceNumber: 7 };
    expect(received(metadata).messageId).toBe("agent-requests-7");
  });

  test("prefers the sender's traceparent to the host's", () => {
    const trace = (digit: string) =>
      `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
    const readTraceparent = (applicationProperties: Record<string, string>) =>
      toReceivedMessage("q", {}, { applicationProperties }, trace("c"))
        .traceparent;
    const both = { traceparent: trace("a"), "diagnostic-Id": trace("b") };
    expect(readTraceparent(both)).toBe(trace("a"));
    expect(readTraceparent({ ...both, traceparent: "none" })).toBe(trace("b"));
    expect(readTraceparent({})).toBe(trace("c"));
    expect(toReceivedMessage("q", {}, {}).traceparent).toBeUndefined();
  });

  test("omits absent fields", () => {
    const fields = Object.keys(received({ messageId: "a", replyTo: null }));
    expect(fields.sort()).toEqual([
      "body",
      "deliveryCount",
      "lossyFields",
      "messageId",
      "properties",
      "queue",
      "sequenceNumber",
    ]);
  });
});
