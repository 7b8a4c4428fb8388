/**
 * Conversations in the form of the conventions, for spans that tell content.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json
 */
interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}
export type RecordedMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls: readonly Call[];
    }
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly result: unknown;
    };

const textPart = (content: string) => ({ type: "text", content });

export const toGenAiInstructions = (text: string) => [textPart(text)];

export const toGenAiMessage = (said: RecordedMessage) => ({
  role: said.role,
  parts: partsOf(said),
});

function partsOf(said: RecordedMessage): readonly object[] {
  switch (said.role) {
    case "user":
      return [textPart(said.text)];
    case "assistant":
      return [
        ...(said.text === "" ? [] : [textPart(said.text)]),
        ...said.toolCalls.map((call) => ({ type: "tool_call", ...call })),
      ];
    case "tool":
      return [
        { type: "tool_call_response", id: said.callId, response: said.result },
      ];
  }
}
