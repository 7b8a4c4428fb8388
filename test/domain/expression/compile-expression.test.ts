import fc from "fast-check";
import {
  evaluateCel,
  compileExpression,
} from "../../../src/domain/expression/compile-expression";
import type { Json } from "../../../src/domain/payload";

test.each<[string, Json]>([
  ["size(input.docs) > 3", false],
  ["input.risk + 1", 4],
  ["input.half > 0.25 && input.risk > input.half", true],
  ["input.docs.map(d, d.name)", ["x", "y"]],
  ["input.docs.filter(d, d.name != 'x')[0].name", "y"],
  ["has(input.missing) ? 1 : 2", 2],
  ['{"a": [1, null, "t"]}', { a: [1, null, "t"] }],
  ["b'abc'", "YWJj"],
  ["3u", 3],
])("evaluates %s to %j", (text, expected) => {
  const input = { docs: [{ name: "x" }, { name: "y" }], risk: 3, half: 0.5 };
  expect(evaluateCel(text, { input })).toEqual(expected);
});

test.each([
  "1 +",
  "input.missing",
  "missing",
  "1 / 0",
  "1.0 / 0.0",
  "toString",
  "timestamp('2026-01-01T00:00:00Z')",
])("throws expression_failed with the text of the expression %s", (text) => {
  const evaluate = () => evaluateCel(text, { input: {} });
  expect(evaluate).toThrow(`"${text}"`);
  expect(evaluate).toThrow(
    expect.objectContaining({ code: "expression_failed" }) as Error,
  );
});

test("returns any JSON input unchanged", () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: "small" }), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as Json;
      expect(evaluateCel("input", { input: json })).toEqual(json);
    }),
  );
});

test("excludes variables bound by comprehensions from the references", () => {
  const { references } = compileExpression(
    "input.list.filter(x, x > steps.a.output && x != y).size() + steps['b'].output.size()",
  );
  expect([...references.roots].sort()).toEqual(["input", "steps", "y"]);
  expect([...references.steps].sort()).toEqual(["a", "b"]);
  expect(references.allSteps).toBe(false);
  expect(compileExpression("steps[input.which]").references.allSteps).toBe(
    true,
  );
});
