import { array, assert, boolean, integer, property, tuple } from "fast-check";
import { dropUnansweredToolCalls } from "../../activities/drop-unanswered-tool-calls";
import type { ChatMessage } from "../../src/models/language-model";

/** Rounds as the number of tool calls, and whether all of them have a result or all but the first. */
const rounds = array(tuple(integer({ min: 0, max: 3 }), boolean()));

const createRound = (
  calls: number,
  index: number,
  isAnswered: boolean,
): ChatMessage[] => {
  const ids = Array.from({ length: calls }, (_, call) => `${index}-${call}`);
  return [
    {
      role: "assistant",
      text: "",
      toolCalls: ids.map((id) => ({ id, name: "t", arguments: {} })),
    },
    ...ids.slice(isAnswered ? 0 : 1).map((callId): ChatMessage => ({
      role: "tool",
      callId,
      name: "t",
      result: 1,
    })),
  ];
};

describe("dropUnansweredToolCalls", () => {
  test("keeps rounds in which every tool call has a result, and removes the others entirely", () => {
    assert(
      property(rounds, (generated) => {
        const all = generated.map(([calls, isAnswered], index) =>
          createRound(calls, index, isAnswered),
        );
        const kept = all.filter((_, index) => {
          const [calls = 0, isAnswered = true] = generated[index] ?? [];
          return isAnswered || calls === 0;
        });
        expect(dropUnansweredToolCalls(all.flat())).toEqual(kept.flat());
      }),
    );
  });

  test("removes tool results without a preceding tool call", () => {
    const result = { role: "tool", callId: "c", name: "t", result: 1 } as const;
    const user = { role: "user", text: "hi" } as const;
    expect(dropUnansweredToolCalls([result, user, result, user])).toEqual([
      user,
      user,
    ]);
  });
});
