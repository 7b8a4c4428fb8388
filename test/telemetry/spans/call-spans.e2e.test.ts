import { createTemporaryFolder } from "../../../local-cloud/test/support/cli/cloud-process";
import { filterByOperation } from "../../support/telemetry/observed-host";
import {
  type ObservedPipeline,
  startObservedPipeline,
} from "../../support/telemetry/observed-pipeline";
import {
  expectedChatAttributes,
  failingToolStep,
  readerStep,
  refusedPrompt,
  truncatedPrompt,
} from "../../support/telemetry/reader-chat";

const folder = createTemporaryFolder();
let pipeline: ObservedPipeline;
beforeAll(async () => {
  pipeline = await startObservedPipeline(folder);
});
afterAll(() => pipeline.stop());
const chatAttributes = () => expectedChatAttributes(pipeline.chatUrl);

test("spans of model and tool calls have the attributes of the semantic conventions", async () => {
  const spans = await pipeline.runStep("reading", readerStep("read"));
  const chats = filterByOperation(spans, "chat");
  expect(chats.map(({ name }) => name)).toEqual(Array(2).fill("chat gpt-test"));
  expect(chats.map(({ attributes }) => attributes)).toEqual(
    ["tool_calls", "stop"].map((reason) => ({
      ...chatAttributes(),
      "gen_ai.conversation.id": "reading@s",
      "gen_ai.output.type": "json",
      "gen_ai.response.id": "completion-1",
      "gen_ai.response.model": "test-model-2026",
      "gen_ai.response.finish_reasons": [reason],
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 5,
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.reasoning.output_tokens": 2,
      "aos.step.id": "s",
      "aos.attempt": 1,
      "aos.orchestration.id": "reading",
    })),
  );
  expect(filterByOperation(spans, "invoke_agent")[0]?.attributes).toMatchObject(
    {
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-test",
      "gen_ai.conversation.id": "reading@s",
      "gen_ai.usage.input_tokens": 24,
      "gen_ai.usage.output_tokens": 10,
    },
  );
  expect(filterByOperation(spans, "execute_tool")[0]?.attributes).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "readDocument",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "call-7",
    "gen_ai.agent.name": "reader",
    "gen_ai.conversation.id": "reading@s",
    "aos.step.id": "s",
    "aos.attempt": 1,
    "aos.tool.idempotency_key": "reading/s/1/call-7",
    "aos.orchestration.id": "reading",
  });
});

test("spans of failed calls contain the code and not the message", async () => {
  const refused = await pipeline.runStep("refused", readerStep(refusedPrompt));
  const wrong = await pipeline.runStep("wrong", failingToolStep);
  expect(filterByOperation(refused, "chat")[0]?.attributes).toMatchObject({
    ...chatAttributes(),
    "error.type": "model_failed",
  });
  // No model answered, so provider and model are absent.
  expect(filterByOperation(refused, "invoke_agent")[0]?.attributes).toEqual({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.output.type": "json",
    "gen_ai.agent.name": "reader",
    "gen_ai.conversation.id": "refused@s",
    "gen_ai.usage.input_tokens": 0,
    "gen_ai.usage.output_tokens": 0,
    "aos.step.id": "s",
    "aos.orchestration.id": "refused",
    "error.type": "model_failed",
  });
  expect(filterByOperation(wrong, "execute_tool")[0]?.attributes).toMatchObject(
    {
      "error.type": "tool_input_invalid",
    },
  );
  expect(JSON.stringify([refused, wrong])).not.toContain("xylophone");
});

test("the span of a truncated answer has model_failed and its token usage", async () => {
  const spans = await pipeline.runStep("long", readerStep(truncatedPrompt));
  expect(filterByOperation(spans, "chat")[0]?.attributes).toMatchObject({
    "gen_ai.response.finish_reasons": ["length"],
    "gen_ai.usage.output_tokens": 5,
    "error.type": "model_failed",
  });
});
