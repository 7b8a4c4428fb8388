import {
  type ChatRequest,
  chatCompletion,
  type ChatServerReaction,
} from "../models/chat-server";

const documentName = "contract-office-lease.txt";
export const leakedSecret = "hunter2hunter2";

/** A step of the agent `reader`, which has the tool `readDocument` and an output schema. */
export const readerStep = (prompt: string) => ({
  kind: "agent",
  agent: "reader",
  prompt,
});
export const refusedPrompt = "xylophone";
export const truncatedPrompt = "at length";
/** A step whose tool rejects its input. */
export const failingToolStep = {
  kind: "tool",
  tool: "readDocument",
  input: { name: "xylophone.txt" },
};

/**
 * The chat server's response to the reader: first a tool call, then the answer. Rejects `refusedPrompt` with an error that
 * quotes a key, and truncates the answer to `truncatedPrompt`.
 */
export function answerChatRequest({ body }: ChatRequest): ChatServerReaction {
  const conversation = JSON.stringify(body.messages);
  if (conversation.includes(refusedPrompt))
    return {
      status: 400,
      body: {
        error: { message: `No ${refusedPrompt}: api_key=${leakedSecret}` },
      },
    };
  if (conversation.includes(truncatedPrompt))
    return chatCompletion({ content: "A long answer" }, "length");
  if (body.tools === undefined || conversation.includes('"tool"'))
    return chatCompletion({
      content: JSON.stringify({
        document: documentName,
        findings: ["f"],
        summary: "s",
      }),
    });
  const read = {
    name: "readDocument",
    arguments: JSON.stringify({ name: documentName }),
  };
  const call = { id: "call-7", type: "function", function: read };
  return chatCompletion({ tool_calls: [call] }, "tool_calls");
}

/** The attributes that spans and metrics of the reader's model calls share. */
export const expectedChatAttributes = (url: string) => ({
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-test",
  "gen_ai.agent.name": "reader",
  "server.address": "127.0.0.1",
  "server.port": Number(new URL(url).port),
});
