import type { ChatMessage } from "../src/models/language-model";

/**
 * Removes each message with an unanswered tool call, together with its results, and results without a call. A failed
 * turn leaves them in the transcript, and model providers reject such a conversation.
 */
export function dropUnansweredToolCalls(
  messages: readonly ChatMessage[],
): readonly ChatMessage[] {
  const kept: ChatMessage[] = [];
  for (let at = 0; at < messages.length;) {
    const group = groupAt(messages, at);
    kept.push(...keepIfAnswered(group));
    at += group.length;
  }
  return kept;
}

/** A message and the tool results that follow it. */
function groupAt(
  messages: readonly ChatMessage[],
  start: number,
): readonly ChatMessage[] {
  let end = start + 1;
  while (messages[end]?.role === "tool") end++;
  return messages.slice(start, end);
}

function keepIfAnswered(group: readonly ChatMessage[]): readonly ChatMessage[] {
  const [first, ...results] = group;
  if (first === undefined || first.role === "tool") return [];
  const calls = first.role === "assistant" ? first.toolCalls : [];
  if (calls.length === 0) return [first];
  const answered = new Set(
    results.map((each) => (each.role === "tool" ? each.callId : "")),
  );
  return calls.every(({ id }) => answered.has(id)) ? group : [];
}
