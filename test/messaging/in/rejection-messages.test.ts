import {
  buildRejectedCopy,
  buildRejectedResponse,
} from "../../../src/messaging/in/rejection-messages";
import { toReceivedMessage } from "../../../src/messaging/in/received-message";

const rejection = {
  kind: "deadLetter",
  reason: "invalid_request",
  description: "The request is not valid.",
  errors: [{ pointer: "/a", detail: "is required" }],
} as const;
const message = (
  messageId = "m-1",
  queue = "agent-requests",
  sequenceNumber = 7,
) =>
  toReceivedMessage(queue, Buffer.from('{ "n": 1 }'), {
    messageId,
    sequenceNumber,
    correlationId: "c",
    replyTo: "answers",
    applicationProperties: { tenant: "t", nested: { a: 1 } },
  });

describe("buildRejectedCopy", () => {
  test("contains the message, its errors and its source queue", () => {
    expect(buildRejectedCopy(message(), rejection)).toEqual({
      to: "agent-requests-deadletter",
      messageId: "m-1:dlq-7",
      body: Buffer.from('{ "n": 1 }'),
      correlationId: "c",
      replyTo: "answers",
      properties: {
        tenant: "t",
        idempotencyKey: "m-1",
        deadLetterSource: "agent-requests",
        deadLetterReason: "invalid_request",
        deadLetterDescription: "The request is not valid.",
        deadLetterErrors: '[{"pointer":"/a","detail":"is required"}]',
      },
    });
  });

  test("has an id of at most 128 characters that only a redelivery of the message repeats", () => {
    const idOf = (id: string, queue?: string, sequenceNumber?: number) =>
      buildRejectedCopy(message(id, queue, sequenceNumber), rejection)
        .messageId;
    expect(idOf("a", "agent-session-requests")).not.toBe(idOf("a"));
    expect(idOf("a", "agent-requests", 8)).not.toBe(idOf("a"));
    const long = "x".repeat(128);
    expect(idOf(long).length).toBeLessThanOrEqual(128);
    expect(idOf(long)).toBe(idOf(long));
    expect(idOf(`${long.slice(1)}y`)).not.toBe(idOf(long));
  });

  test("limits the size of its properties for 5,000 errors", () => {
    const errors = Array.from({ length: 5_000 }, (_, index) => ({
      pointer: `/input/${index}`,
      detail: "is not a known field",
    }));
    const description = "x".repeat(100_000);
    const { properties } = buildRejectedCopy(message(), {
      ...rejection,
      errors,
      description,
    });
    expect(JSON.stringify(properties).length).toBeLessThan(32_000);
    expect(properties["deadLetterErrors"]).toMatch(/has \d+ more errors/);
  });
});

test("buildRejectedResponse contains the errors and the correlation of the request", () => {
  const reply = { queue: "answers", correlationId: "c", sessionId: "s" };
  expect(buildRejectedResponse(message(), reply, rejection)).toMatchObject({
    to: "answers",
    messageId: "m-1:rejected-7",
    correlationId: "c",
    sessionId: "s",
    body: {
      status: "rejected",
      error: { code: "invalid_request", errors: rejection.errors },
    },
  });
});
