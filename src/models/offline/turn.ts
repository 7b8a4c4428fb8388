import type { Json } from "../../domain/payload";
import type { ChatMessage } from "../language-model";

/** Where the conversation stands: the last question and what tools have said since, a list for each round. */
export interface OfflineTurn {
  readonly prompt: string;
  readonly results: readonly (readonly Json[])[];
}

/** Reads the turn off the conversation, so that the same messages always give the same answer. */
export function turnOf(messages: readonly ChatMessage[]): OfflineTurn {
  const start = messages.findLastIndex((message) => message.role === "user");
  const question = messages[start];
  const results: Json[][] = [];
  for (const message of messages.slice(start + 1)) {
    if (message.role === "assistant" && message.toolCalls.length > 0)
      results.push([]);
    else if (message.role === "tool") results.at(-1)?.push(message.result);
  }
  return { prompt: question?.role === "user" ? question.text : "", results };
}
