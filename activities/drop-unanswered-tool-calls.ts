import type { ChatMessage } from "../src/models/language-model";

/**
 * The messages as a model accepts them: tool calls together with all of their results, or not at all. A turn that
 * failed leaves calls without results behind, which providers refuse.
 */
export function dropUnansweredToolCalls(
  messages: readonly ChatMessage[],
): readonly ChatMessage[] {
  const kept: ChatMessage[] = [];
  for (let at = 0; at < messages.length;) {
    const group = groupAt(messages, at);
    kept.push(...acceptable(group));
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

function acceptable(group: readonly ChatMessage[]): readonly ChatMessage[] {
  const [first, ...results] = group;
  if (first === undefined || first.role === "tool") return [];
  const calls = first.role === "assistant" ? first.toolCalls : [];
  if (calls.length === 0) return [first];
  const answered = new Set(
    results.map((each) => (each.role === "tool" ? each.callId : "")),
  );
  return calls.every(({ id }) => answered.has(id)) ? group : [];
}
