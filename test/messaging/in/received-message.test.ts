import { toReceivedMessage } from "../../../src/messaging/in/received-message";

const body = Buffer.from("{}");
const received = (metadata: Record<string, unknown>) =>
  toReceivedMessage("agent-requests", body, metadata);

describe("toReceivedMessage", () => {
  test("keeps the bytes of the body and the text of the metadata", () => {
    const metadata = { messageId: "42", correlationId: "null", replyTo: "r" };
    expect(received(metadata)).toMatchObject({ body, ...metadata });
  });

  test.each([{ workflow: "w" }, "text", undefined])(
    "throws when the body arrives as %j, because the metadata may then be fields of the body",
    (parsed) => {
      expect(() => toReceivedMessage("q", parsed, {})).toThrow(
        'instead of bytes, so its metadata cannot be trusted. Register the trigger with dataType "binary".',
      );
    },
  );

  test.each([
    ["messageId", 1000],
    ["sessionId", true],
    ["replyTo", { a: 1 }],
  ])("throws when %s arrives as %j instead of text", (name, value) => {
    expect(() => received({ [name]: value })).toThrow(
      `The ${name} of a message arrived as ${typeof value} instead of text`,
    );
  });

  test("uses queue and sequence number as the id of a message without one", () => {
    const metadata = { messageId: "", sequenceNumber: 7 };
    expect(received(metadata).messageId).toBe("agent-requests-7");
  });

  test("prefers the sender's traceparent to the host's", () => {
    const trace = (digit: string) =>
      `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
    const readTraceparent = (applicationProperties: Record<string, string>) =>
      toReceivedMessage("q", body, { applicationProperties }, trace("c"))
        .traceparent;
    const both = { traceparent: trace("a"), "diagnostic-Id": trace("b") };
    expect(readTraceparent(both)).toBe(trace("a"));
    expect(readTraceparent({ ...both, traceparent: "none" })).toBe(trace("b"));
    expect(readTraceparent({})).toBe(trace("c"));
    expect(toReceivedMessage("q", body, {}).traceparent).toBeUndefined();
  });

  test("omits absent fields", () => {
    const fields = Object.keys(received({ messageId: "a", replyTo: null }));
    expect(fields.sort()).toEqual([
      "body",
      "deliveryCount",
      "messageId",
      "properties",
      "queue",
      "sequenceNumber",
    ]);
  });
});
