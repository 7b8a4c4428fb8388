import fc from "fast-check";
import { readRequestMessage } from "../../../src/messaging/in/read-request-message";
import {
  type ReceivedMessage,
  toReceivedMessage,
} from "../../../src/messaging/in/received-message";

const message = (
  body: unknown,
  metadata: Record<string, unknown> = {},
  queue = "agent-requests",
): ReceivedMessage =>
  toReceivedMessage(queue, body, {
    messageId: "m-1",
    sequenceNumber: 12,
    deliveryCount: 1,
    ...metadata,
  });
const request = { workflow: "w" };
const refusal = (read: () => unknown): unknown => {
  try {
    read();
  } catch (error) {
    return error;
  }
  throw new Error("It was accepted.");
};

describe("readRequest", () => {
  test("takes the message id as the idempotency key", () => {
    const first = readRequestMessage(message(request)).identity;
    expect(first.id).toMatch(/^key-[0-9a-f]{32}$/);
    expect(readRequestMessage(message(request)).identity).toEqual(first);
    const other = readRequestMessage(
      message(request, { messageId: "m-2" }),
    ).identity;
    expect(other.id).not.toBe(first.id);
    expect(other.fingerprint).toBe(first.fingerprint);
  });

  test("knows a request again that is sent under another message id", () => {
    const replay = message(request, {
      messageId: "m-1:replay-rejected-3",
      applicationProperties: { idempotencyKey: "m-1" },
    });
    expect(readRequestMessage(replay).identity).toEqual(
      readRequestMessage(message(request)).identity,
    );
  });

  test("takes the id of the body before that of the message", () => {
    const { identity } = readRequestMessage(
      message({ ...request, id: "mine" }),
    );
    expect(identity.id).toBe("mine");
  });

  test("answers to agent-responses unless told otherwise, in the body or, before that, on the message", () => {
    const replyOf = (body: object, metadata = {}) =>
      readRequestMessage(message(body, metadata)).origin?.reply;
    const byDefault = { queue: "agent-responses", correlationId: "m-1" };
    expect(replyOf(request)).toEqual(byDefault);
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

  test("reads JSON in a string, as bytes, and as the value that the host has made of it", () => {
    const text = JSON.stringify(request);
    for (const body of [request, text, Buffer.from(text)])
      expect(readRequestMessage(message(body)).request).toEqual(request);
  });

  test("calls text that is no JSON malformed, and says where", () => {
    const error = refusal(() => readRequestMessage(message("{ workflow: 1 }")));
    expect(error).toMatchObject({ code: "malformed_json" });
    expect(String(error)).toMatch(/line 1, column 3/);
  });

  test("names every field at fault", () => {
    const error = refusal(() =>
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

  test.each([
    [{ replyTo: "not a queue?" }, "/message/replyTo"],
    [{ messageId: 12345678901234567000 }, "/message/messageId"],
  ])("refuses %j", (metadata, pointer) => {
    const error = refusal(() => readRequestMessage(message(request, metadata)));
    expect(error).toMatchObject({ errors: [{ pointer }] });
  });

  test("passes on the trace of the sender, and nothing that is none", () => {
    const traced = (traceparent: string) =>
      readRequestMessage(
        message(request, { applicationProperties: { traceparent } }),
      ).origin?.traceparent;
    const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    expect(traced(trace)).toBe(trace);
    expect(traced("00-nonsense")).toBeUndefined();
  });

  test("never throws anything but a refusal that says what is wrong", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (body, text) => {
        for (const each of [body, text])
          expect(
            refusal(() => readRequestMessage(message(each))),
          ).toMatchObject({
            code: expect.stringMatching(
              /^(invalid_request|malformed_json)$/,
            ) as unknown,
          });
      }),
    );
  });
});

describe("readRequest of the session queue", () => {
  const inSession = (body: unknown, metadata: Record<string, unknown>) =>
    readRequestMessage(message(body, metadata, "agent-session-requests"));

  test("makes the session of the message that of the agents, and its number the place", () => {
    const read = inSession(request, { sessionId: "s-1", sequenceNumber: 12 });
    expect(read.request.sessionId).toBe("s-1");
    expect(read.origin?.place).toEqual({
      session: "s-1",
      position: "00000000000000000012",
    });
  });

  test("takes places in the order of their numbers", () => {
    const position = (sequenceNumber: number) =>
      inSession(request, { sessionId: "s", sequenceNumber }).origin?.place
        ?.position ?? "";
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.maxSafeNat(),
        (a, b) => position(a) < position(b) === a < b,
      ),
    );
  });

  test("refuses a body that names another session, and a session that is no id", () => {
    const other = { ...request, sessionId: "s-2" };
    expect(refusal(() => inSession(other, { sessionId: "s-1" }))).toMatchObject(
      { errors: [{ pointer: "/sessionId" }] },
    );
    expect(
      refusal(() => inSession(request, { sessionId: "a b" })),
    ).toMatchObject({ errors: [{ pointer: "/message/sessionId" }] });
  });
});
