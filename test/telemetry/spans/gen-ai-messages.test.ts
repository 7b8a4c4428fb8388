import { toGenAiMessage } from "../../../src/telemetry/spans/gen-ai-messages";

test("toGenAiMessage converts each role to parts", () => {
  const toolCalls = [{ id: "c", name: "t", arguments: { a: 1 } }];
  expect(
    [
      { role: "user", text: "u" } as const,
      { role: "assistant", text: "", toolCalls } as const,
      { role: "assistant", text: "a", toolCalls: [] } as const,
      { role: "tool", callId: "c", name: "t", result: 2 } as const,
    ].map(toGenAiMessage),
  ).toEqual([
    { role: "user", parts: [{ type: "text", content: "u" }] },
    {
      role: "assistant",
      parts: [{ type: "tool_call", id: "c", name: "t", arguments: { a: 1 } }],
    },
    { role: "assistant", parts: [{ type: "text", content: "a" }] },
    {
      role: "tool",
      parts: [{ type: "tool_call_response", id: "c", response: 2 }],
    },
  ]);
});
