import fc from "fast-check";
import {
  type Answer,
  readAnswer,
  type TaskResult,
} from "../../../src/domain/answers/answer";

const result: fc.Arbitrary<TaskResult<unknown>> = fc.oneof(
  fc.record({ ok: fc.constant(true as const), value: fc.jsonValue() }),
  fc.record({
    ok: fc.constant(false as const),
    failure: fc.record({ code: fc.string(), message: fc.string() }),
  }),
);

test("reads the result of an answer with the key of the call, as the history contains it", () => {
  fc.assert(
    fc.property(fc.string(), result, (call, expected) => {
      const answer: Answer<unknown> = { call, ...expected };
      const text = JSON.stringify(answer);
      expect(readAnswer(call, JSON.parse(text))).toEqual(
        JSON.parse(JSON.stringify(expected)),
      );
    }),
  );
});

test("never reads a result from an answer with another key", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), result, (call, other, value) => {
      fc.pre(call !== other);
      expect(readAnswer(call, { call: other, ...value })).toBeUndefined();
    }),
  );
});

test("never reads a result from a value that is not an answer", () => {
  fc.assert(
    fc.property(fc.string(), fc.anything(), (call, value) => {
      expect(readAnswer(call, value)).toBeUndefined();
    }),
  );
  for (const value of [
    undefined,
    null,
    { call: "a" },
    { call: "a", value: 1 },
    { call: "a", ok: "true", value: 1 },
    { call: "a", ok: false },
    { call: "a", ok: false, failure: { code: 1, message: "" } },
  ])
    expect(readAnswer("a", value)).toBeUndefined();
});
