import fc from "fast-check";
import { readRequestMessage } from "../../../src/messaging/in/read-request-message";
import {
  type ReceivedMessage,
  toReceivedMessage,
} from "../../../src/messaging/in/received-message";

const toBytes = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
const message = (
  body: unknown,
  metadata: Record<string, unknown> = {},
  queue = "agent-requests",
): ReceivedMessage =>
  toReceivedMessage(queue, toBytes(body), {
    messageId: "m-1",
    sequenceNumber: 12,
    deliveryCount: 1,
    ...metadata,
  });
const request = { workflow: "w" };
const errorOf = (read: () => unknown): unknown => {
  try {
    read();
  } catch (error) {
    return error;
  }
  throw new Error("No error was thrown.");
};

describe("readRequestMessage", () => {
  test("uses the message id as the idempotency key", () => {
    const first = readRequestMessage(message(request)).identity;
    expect(first.id).toMatch(/^key-[0-9a-f]{32}$/);
    expect(readRequestMessage(message(request)).identity).toEqual(first);
    const other = readRequestMessage(
      message(request, { messageId: "m-2" }),
    ).identity;
    expect(other.id).not.toBe(first.id);
    expect(other.fingerprint).toBe(first.fingerprint);
  });

  test("identifies a replayed request by its idempotencyKey property", () => {
    const replay = message(request, {
      messageId: "m-1:replay-rejected-3",
      applicationProperties: { idempotencyKey: "m-1" },
    });
    expect(readRequestMessage(replay).identity).toEqual(
      readRequestMessage(message(request)).identity,
    );
  });

  test("prefers the id of the body to the message id", () => {
    const { identity } = readRequestMessage(
      message({ ...request, id: "mine" }),
    );
    expect(identity.id).toBe("mine");
  });

  test("replies to the message's replyTo, else the body's, else agent-responses", () => {
    const replyOf = (body: object, metadata = {}) =>
      readRequestMessage(message(body, metadata)).origin?.reply;
    const defaultReply = { queue: "agent-responses", correlationId: "m-1" };
    expect(replyOf(request)).toEqual(defaultReply);
    const inBody = { ...request, replyTo: "mine" };
    expect(replyOf(inBody)).toMatchObject({ queue: "mine" });
    const metadata = {
      replyTo: "theirs",
      correlationId: "c",
      replyToSessionId: "s",
    };
    expect(replyOf(inBody, metadata)).toEqual({
      queue: "theirs",
      correlationId: "c",
      sessionId: "s",
    });
  });

  test("reads JSON with a byte order mark, and JSON that was serialized twice", () => {
    const text = JSON.stringify(request);
    for (const body of [request, text, Buffer.from(`\ufeff${text}`)])
      expect(readRequestMessage(message(body)).request).toEqual(request);
  });

  test("throws malformed_json with the parser's reason for text that is not JSON", () => {
    for (const body of [Buffer.from("{ workflow: 1 }"), "{ workflow: 1 }"]) {
      const error = errorOf(() => readRequestMessage(message(body)));
      expect(error).toMatchObject({ code: "malformed_json" });
      expect(String(error)).toContain("Expected property name");
    }
  });

  test.each([
    ["an invalid byte", [0x22, 0xff, 0x22]],
    ["an incomplete sequence", [0x22, 0xc3, 0x22]],
    ["an overlong sequence", [0x22, 0xc0, 0xa0, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
  ])("throws malformed_json for %s, which is not UTF-8", (_title, bytes) => {
    const body = Uint8Array.from(bytes);
    expect(errorOf(() => readRequestMessage(message(body)))).toMatchObject({
      code: "malformed_json",
      message: "The body is not UTF-8 text. Encode it as UTF-8.",
    });
  });

  test("lists every invalid field", () => {
    const error = errorOf(() =>
      readRequestMessage(message({ workflow: 1, nope: 2, id: "@" })),
    );
    expect(error).toMatchObject({
      code: "invalid_request",
      errors: expect.arrayContaining(
        ["/workflow", "/nope", "/id"].map(
          (pointer) => expect.objectContaining({ pointer }) as unknown,
        ),
      ) as unknown,
    });
  });

  test("rejects a replyTo that is not the name of a queue", () => {
    const error = errorOf(() =>
      readRequestMessage(message(request, { replyTo: "not a queue?" })),
    );
    expect(error).toMatchObject({ errors: [{ pointer: "/message/replyTo" }] });
  });

  test("forwards a valid traceparent of the sender and ignores an invalid one", () => {
    const readTraceparent = (traceparent: string) =>
      readRequestMessage(
        message(request, { applicationProperties: { traceparent } }),
      ).origin?.traceparent;
    const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    expect(readTraceparent(trace)).toBe(trace);
    expect(readTraceparent("00-nonsense")).toBeUndefined();
  });

  test("throws only invalid_request or malformed_json for any body", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.uint8Array(), (body, bytes) => {
        for (const value of [body, bytes])
          expect(
            errorOf(() => readRequestMessage(message(value))),
          ).toMatchObject({
            code: expect.stringMatching(
              /^(invalid_request|malformed_json)$/,
            ) as unknown,
          });
      }),
    );
  });
});

describe("readRequestMessage of the session queue", () => {
  const inSession = (body: unknown, metadata: Record<string, unknown>) =>
    readRequestMessage(message(body, metadata, "agent-session-requests"));

  test("uses the message's sessionId and, as the position, its sequence number", () => {
    const command = inSession(request, {
      sessionId: "s-1",
      sequenceNumber: 12,
    });
    expect(command.request.sessionId).toBe("s-1");
    expect(command.origin?.queuePosition).toEqual({
      session: "s-1",
      position: "00000000000000000012",
    });
  });

  test("orders positions by sequence number", () => {
    const position = (sequenceNumber: number) =>
      inSession(request, { sessionId: "s", sequenceNumber }).origin
        ?.queuePosition?.position ?? "";
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.maxSafeNat(),
        (a, b) => position(a) < position(b) === a < b,
      ),
    );
  });

  test("rejects a body with another sessionId and a sessionId that is not a valid id", () => {
    const other = { ...request, sessionId: "s-2" };
    expect(errorOf(() => inSession(other, { sessionId: "s-1" }))).toMatchObject(
      { errors: [{ pointer: "/sessionId" }] },
    );
    expect(
      errorOf(() => inSession(request, { sessionId: "a b" })),
    ).toMatchObject({ errors: [{ pointer: "/message/sessionId" }] });
  });
});
