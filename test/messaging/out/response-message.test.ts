import { buildLifecycleEvents } from "../../../src/messaging/out/lifecycle-events";
import { buildResponseMessage } from "../../../src/messaging/out/response-message";
import { createEvent } from "../../../src/domain/history/create-event";
import { noUsage } from "../../../src/domain/usage";

const at = "2026-01-01T00:00:00.000Z";
const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const metadata = {
  workflow: "review",
  version: "1",
  tags: { team: "red" },
  traceparent,
};
const ended = {
  id: "o-1",
  metadata,
  status: "completed",
  usage: noUsage,
  startedAt: at,
  endedAt: at,
  output: { n: 1 },
} as const;

describe("buildResponseMessage", () => {
  test("sends the result to the reply address", () => {
    const reply = { queue: "answers", correlationId: "c", sessionId: "s" };
    expect(buildResponseMessage(ended, reply)).toEqual({
      to: "answers",
      messageId: "o-1:response",
      correlationId: "c",
      sessionId: "s",
      subject: "orchestration.completed",
      body: {
        id: "o-1",
        workflow: "review",
        status: "completed",
        output: { n: 1 },
        usage: noUsage,
        startedAt: at,
        endedAt: at,
      },
      properties: { workflow: "review", status: "completed", traceparent },
    });
  });

  test("truncates an error that exceeds the size of a message", () => {
    const error = { code: "tool_failed", message: "x".repeat(300_000) };
    const { body } = buildResponseMessage(
      { ...ended, status: "failed", error },
      { queue: "answers" },
    );
    expect(JSON.stringify(body).length).toBeLessThan(10_000);
  });
});

test("buildLifecycleEvents builds a message for each event of the orchestration and none for steps", () => {
  const history = [
    createEvent({ type: "orchestration.started", at }),
    createEvent({ type: "step.started", at, stepId: "a" }),
    createEvent({ type: "orchestration.failed", at }),
  ];
  const events = buildLifecycleEvents("o-1", history, metadata);
  expect(events.map(({ messageId }) => messageId)).toEqual([
    "o-1:orchestration.started",
    "o-1:orchestration.failed",
  ]);
  expect(events[0]).toMatchObject({
    to: "agent-events",
    subject: "orchestration.started",
    body: { id: "o-1", status: "running", at },
    properties: {
      workflow: "review",
      status: "running",
      "tag.team": "red",
      traceparent,
    },
  });
});
