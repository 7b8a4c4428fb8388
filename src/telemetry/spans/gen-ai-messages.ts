/**
 * Converts conversations to the format of the semantic conventions.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json
 */
interface RecordedToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}
export type RecordedMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls: readonly RecordedToolCall[];
    }
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly result: unknown;
    };

const textPart = (content: string) => ({ type: "text", content });

export const toGenAiInstructions = (text: string) => [textPart(text)];

export const toGenAiMessage = (message: RecordedMessage) => ({
  role: message.role,
  parts: toParts(message),
});

function toParts(message: RecordedMessage): readonly object[] {
  switch (message.role) {
    case "user":
      return [textPart(message.text)];
    case "assistant":
      return [
        ...(message.text === "" ? [] : [textPart(message.text)]),
        ...message.toolCalls.map((call) => ({ type: "tool_call", ...call })),
      ];
    case "tool":
      return [
        {
          type: "tool_call_response",
          id: message.callId,
          response: message.result,
        },
      ];
  }
}
