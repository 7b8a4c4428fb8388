import { AosError } from "../../../src/domain/errors";
import { traceActivity } from "../../../src/telemetry/spans/activity-span";
import { rootSpanContext } from "../../../src/telemetry/spans/trace-ids";
import { turnSpanContext } from "../../../src/telemetry/spans/turn-spans";
import { createEventLog } from "../../support/telemetry/event-log";
import { startSpanRecorder } from "../../support/telemetry/span-recorder";

const recorder = startSpanRecorder();
afterAll(() => recorder.stop());

const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
async function recordActivity(input: unknown) {
  recorder.takeSpans();
  const { log } = createEventLog();
  await traceActivity("test", input, log, () => Promise.resolve());
  return recorder.takeSpans();
}

describe("traceActivity", () => {
  test.each([
    ["callModel", "model.failed", { attempt: 2 }],
    ["callTool", "tool.failed", { attempt: 2, tool: "t", idempotencyKey: "k" }],
    [
      "evaluateExpression",
      "activity.failed",
      { activity: "evaluateExpression" },
    ],
  ])(
    "logs a failed attempt of %s as %s with its ids and code",
    async (name, event, fields) => {
      const { log, events } = createEventLog();
      const input = {
        turn: { orchestrationId: "o", stepId: "s" },
        attempt: 2,
        tool: "t",
        idempotencyKey: "k",
        prompt: "xylophone",
      };
      const failing = traceActivity(name, input, log, () =>
        Promise.reject(new AosError("tool_failed", "xylophone")),
      );
      await expect(failing).rejects.toThrow("xylophone");
      expect(events).toEqual([
        {
          level: "warn",
          event,
          orchestrationId: "o",
          stepId: "s",
          code: "tool_failed",
          ...fields,
        },
      ]);
    },
  );

  const turnParent = turnSpanContext("o", "s", undefined).spanId;
  const rootParent = rootSpanContext("o", undefined).spanId;
  const owner = { orchestrationId: "o", stepId: "s" };
  test.each([
    ["the turn of the input", { turn: owner }, turnParent, "s"],
    ["the turn of a call", { call: { turn: owner } }, turnParent, "s"],
    ["the step of a call", { call: { step: owner } }, rootParent, "s"],
    ["the input itself", { orchestrationId: "o" }, rootParent, undefined],
  ])(
    "creates a span for an activity whose owner is %s",
    async (_, input, parent, step) => {
      const [span] = await recordActivity(input);
      expect(span?.parentSpanContext?.spanId).toBe(parent);
      expect(span?.attributes).toEqual({
        "aos.activity.name": "test",
        "aos.orchestration.id": "o",
        ...(step !== undefined && { "aos.step.id": step }),
      });
    },
  );

  test.each([
    ["the owner", { turn: { ...owner, traceparent } }],
    ["the metadata", { orchestrationId: "o", metadata: { traceparent } }],
  ])("uses the traceparent of %s", async (_, input) => {
    const [span] = await recordActivity(input);
    expect(span?.spanContext().traceId).toBe("a".repeat(32));
  });

  test("creates no span for an input without an owner", async () => {
    expect(await recordActivity(null)).toEqual([]);
  });
});
