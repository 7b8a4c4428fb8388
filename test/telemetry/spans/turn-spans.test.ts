import { createEvent } from "../../../src/domain/history/create-event";
import type { OrchestrationEvent } from "../../../src/domain/history/orchestration-history";
import { recordTurns } from "../../../src/telemetry/spans/turn-spans";
import { startSpanRecorder } from "../../support/telemetry/span-recorder";

const recorder = startSpanRecorder();
afterAll(() => recorder.stop());

const failedTurn = createEvent({
  type: "step.failed",
  at: "2026-01-01T00:00:02.000Z",
  stepId: "plan",
  data: {
    agent: "planner",
    startedAt: "2026-01-01T00:00:01.000Z",
    usage: { inputTokens: 3, outputTokens: 4 },
    conversation: "o@plan",
    outputType: "json",
    provider: "azure-openai",
    model: "gpt",
    error: { code: "model_failed", message: "m" },
  },
});
function recordSpans(...rows: readonly OrchestrationEvent[]) {
  recordTurns("o", { rows, added: [], resumption: undefined }, undefined);
  return recorder.takeSpans();
}

describe("recordTurns", () => {
  test("exports a span from the event that ends a turn", () => {
    const [span, ...others] = recordSpans(failedTurn);
    expect(others).toEqual([]);
    expect(span?.name).toBe("invoke_agent planner");
    const startMs = Date.parse("2026-01-01T00:00:01.000Z");
    expect(span?.startTime).toEqual([startMs / 1000, 0]);
    expect(span?.endTime).toEqual([startMs / 1000 + 1, 0]);
    expect(span?.attributes).toEqual({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.provider.name": "azure.ai.openai",
      "gen_ai.request.model": "gpt",
      "gen_ai.output.type": "json",
      "gen_ai.agent.name": "planner",
      "gen_ai.conversation.id": "o@plan",
      "gen_ai.usage.input_tokens": 3,
      "gen_ai.usage.output_tokens": 4,
      "aos.step.id": "plan",
      "aos.orchestration.id": "o",
      "error.type": "model_failed",
    });
  });

  test("exports no second span of a turn that an orchestration repeats after it was started again", () => {
    const completed = { ...failedTurn, stepId: "read", key: "read" };
    const rows = [failedTurn, completed];
    recordTurns("o", { rows, added: [completed], resumption: 1 }, undefined);
    const attributes = recorder
      .takeSpans()
      .map((span) => span.attributes["aos.step.id"]);
    expect(attributes).toEqual(["read"]);
  });

  test("exports no span for an event that does not end a turn", () => {
    expect(
      recordSpans(
        { ...failedTurn, type: "step.started" },
        { ...failedTurn, data: { kind: "tool" } },
      ),
    ).toEqual([]);
  });
});
