import type { DeadLetter } from "../../../src/messaging/ports";
import { buildReplayMessage } from "../../../src/messaging/dead-letters/replay-message";

const rejected = "agent-requests-deadletter";
const letter = (fields: Partial<DeadLetter> = {}): DeadLetter => ({
  sequenceNumber: "9",
  messageId: "m-1:dlq",
  body: Buffer.from("{ not json"),
  deliveryCount: 0,
  enqueuedAt: "2026-01-01T00:00:00.000Z",
  properties: {
    tenant: "t",
    idempotencyKey: "m-1",
    deadLetterSource: "agent-session-requests",
    deadLetterReason: "malformed_json",
    DeadLetterReason: "MaxDeliveryCountExceeded",
  },
  sessionId: "s",
  ...fields,
});

describe("buildReplayMessage", () => {
  test("sends the unchanged message to its source queue with its original id as idempotencyKey", () => {
    expect(buildReplayMessage(letter(), rejected, undefined)).toEqual({
      to: "agent-session-requests",
      messageId: "m-1:replay-rejected-9",
      body: letter().body,
      correlationId: "m-1",
      sessionId: "s",
      properties: { tenant: "t", idempotencyKey: "m-1" },
    });
  });

  test("derives the same message id for the same dead letter and different ids for different ones", () => {
    const idOf = (fields: Partial<DeadLetter>, path = rejected) =>
      buildReplayMessage(letter(fields), path, undefined).messageId;
    expect(idOf({})).toBe(idOf({}));
    const ids = [
      idOf({}),
      idOf({ sequenceNumber: "10" }),
      idOf({}, "agent-requests/$DeadLetterQueue"),
      idOf({}, `${rejected}/$DeadLetterQueue`),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  test("uses the message id as idempotencyKey for a dead letter of the broker", () => {
    const path = "agent-requests/$DeadLetterQueue";
    const dead = letter({ messageId: "m-2", properties: {} });
    expect(buildReplayMessage(dead, path, { workflow: "w" })).toMatchObject({
      to: "agent-requests",
      body: { workflow: "w" },
      properties: { idempotencyKey: "m-2" },
    });
  });

  test("ignores a deadLetterSource that is not a request queue", () => {
    const properties = { deadLetterSource: "agent-events" };
    const { to } = buildReplayMessage(
      letter({ properties }),
      rejected,
      undefined,
    );
    expect(to).toBe("agent-requests");
  });
});
