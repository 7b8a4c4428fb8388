/**
 * Converts conversations to the format of the semantic conventions.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json
 */
import type { ChatMessage } from "../../models/language-model";

const textPart = (content: string) => ({ type: "text", content });

export const toGenAiInstructions = (text: string) => [textPart(text)];

export const toGenAiMessage = (message: ChatMessage) => ({
  role: message.role,
  parts: toParts(message),
});

function toParts(message: ChatMessage): readonly object[] {
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
