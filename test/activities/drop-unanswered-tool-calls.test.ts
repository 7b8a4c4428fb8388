import { array, assert, boolean, integer, property, tuple } from "fast-check";
import { dropUnansweredToolCalls } from "../../activities/drop-unanswered-tool-calls";
import type { ChatMessage } from "../../src/models/language-model";

/** Rounds of so many calls, of which all or only some were answered. */
const rounds = array(tuple(integer({ min: 0, max: 3 }), boolean()));

const roundOf = (calls: number, at: number, whole: boolean): ChatMessage[] => {
  const ids = Array.from({ length: calls }, (_, call) => `${at}-${call}`);
  return [
    {
      role: "assistant",
      text: "",
      toolCalls: ids.map((id) => ({ id, name: "t", arguments: {} })),
    },
    ...ids.slice(whole ? 0 : 1).map((callId): ChatMessage => ({
      role: "tool",
      callId,
      name: "t",
      result: 1,
    })),
  ];
};

describe("the conversation that a model is shown", () => {
  test("has every call with its results or not at all", () => {
    assert(
      property(rounds, (made) => {
        const all = made.map(([calls, whole], at) => roundOf(calls, at, whole));
        const kept = all.filter((_, at) => {
          const [calls = 0, whole = true] = made[at] ?? [];
          return whole || calls === 0;
        });
        expect(dropUnansweredToolCalls(all.flat())).toEqual(kept.flat());
      }),
    );
  });

  test("has no result without its call", () => {
    const result = { role: "tool", callId: "c", name: "t", result: 1 } as const;
    const user = { role: "user", text: "hi" } as const;
    expect(dropUnansweredToolCalls([result, user, result, user])).toEqual([
      user,
      user,
    ]);
  });
});
