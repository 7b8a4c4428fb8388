import type OpenAI from "openai";
import { toText } from "../../domain/json";
import type { ChatMessage, ModelRequest, ToolSpec } from "../language-model";

type Body = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type Message = OpenAI.Chat.ChatCompletionMessageParam;

export const toChatRequest = (request: ModelRequest, model: string): Body => ({
  model,
  messages: [
    { role: "system", content: request.instructions },
    ...request.messages.map(toMessage),
  ],
  // Providers reject an empty list of tools.
  ...(request.tools.length > 0 && { tools: request.tools.map(toTool) }),
  ...(request.outputSchema !== undefined && {
    response_format: {
      type: "json_schema",
      // Not `strict`, which supports few JSON Schema keywords. The answer is validated when it arrives.
      json_schema: { name: "answer", schema: { ...request.outputSchema } },
    },
  }),
});

function toMessage(message: ChatMessage): Message {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.text };
    case "tool":
      return {
        role: "tool",
        tool_call_id: message.callId,
        content: toText(message.result),
      };
    case "assistant":
      return {
        role: "assistant",
        content: message.text,
        ...(message.toolCalls.length > 0 && {
          tool_calls: message.toolCalls.map((call) => ({
            id: call.id,
            type: "function" as const,
            function: {
              name: call.name,
              // Providers reject invalid JSON. The result of the tool call states the error.
              arguments: JSON.stringify(call.arguments ?? {}),
            },
          })),
        }),
      };
  }
}

const toTool = (tool: ToolSpec): OpenAI.Chat.ChatCompletionTool => ({
  type: "function",
  function: {
    name: tool.name,
    description: tool.description,
    parameters: { ...tool.parameters },
  },
});
