import { createEvent } from "../../../src/domain/history/create-event";
import {
  readEndedTurn,
  turnAttributes,
} from "../../../src/telemetry/spans/turn-spans";

test("readEndedTurn reads the event that ends a turn and returns undefined for others", () => {
  const event = createEvent({
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
  const turn = readEndedTurn(event);
  expect(turn).toEqual({
    stepId: "plan",
    agent: "planner",
    startedAt: "2026-01-01T00:00:01.000Z",
    inputTokens: 3,
    outputTokens: 4,
    conversation: "o@plan",
    outputType: "json",
    provider: "azure-openai",
    model: "gpt",
    error: "model_failed",
  });
  expect(turn && turnAttributes(turn)).toEqual({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": "gpt",
    "gen_ai.output.type": "json",
    "gen_ai.agent.name": "planner",
    "gen_ai.conversation.id": "o@plan",
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.output_tokens": 4,
    "aos.step.id": "plan",
  });
  expect(readEndedTurn({ ...event, type: "step.started" })).toBeUndefined();
  expect(readEndedTurn({ ...event, data: { kind: "tool" } })).toBeUndefined();
});
