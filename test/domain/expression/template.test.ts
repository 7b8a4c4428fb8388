import fc from "fast-check";
import type { ExpressionScope } from "../../../src/domain/contracts";
import type { Json } from "../../../src/domain/payload";
import {
  referencesOnlyInline,
  renderInScope,
  scopeForTemplate,
} from "../../../src/domain/expression/evaluate-in-scope";
import { renderTemplate } from "../../../src/domain/expression/template";

const bindings = { input: { a: 1, b: "two", c: [3] } };

test.each<[Json, Json]>([
  ["plain", "plain"],
  ["${input.c}", [3]],
  ["${input.b} and ${input.c}", "two and [3]"],
  [" ${input.a}", " 1"],
  ["$${input.a} ${input.a}", "${input.a} 1"],
  ["${{'x': '}'}}", { x: "}" }],
  ['${"{" + r"\\" + \'"}\'}', '{\\"}'],
  ["cost: $5 {a}", "cost: $5 {a}"],
  [{ deep: ["${input.b}", 1, null] }, { deep: ["two", 1, null] }],
])("%j renders as %j", (template, expected) => {
  expect(renderTemplate(template, bindings)).toEqual(expected);
});

test("an expression without an end is told", () => {
  expect(() => renderTemplate("a ${input.a", bindings)).toThrow(
    "no closing brace",
  );
});

test("any text that is escaped stands as it is", () => {
  const text = fc.stringMatching(/^[ab${}"']*$/);
  fc.assert(
    fc.property(text, (any) => {
      fc.pre(!any.includes("$${"));
      expect(
        renderTemplate(
          any.replaceAll("${", () => "$${"),
          {},
        ),
      ).toBe(any);
    }),
  );
});

describe("a scope", () => {
  const scope: ExpressionScope = {
    input: { $ref: "blob", bytes: 1, sha256: "0" },
    steps: {
      a: { status: "completed", output: { value: "A" } },
      b: { status: "skipped", output: { value: null } },
    },
    variables: { doc: { value: "D" } },
    orchestrationId: "o1",
  };

  test("is narrowed to what the template names", () => {
    expect(scopeForTemplate("${steps.a.output} ${doc}", scope)).toEqual({
      ...scope,
      input: { value: null },
      steps: { a: scope.steps["a"] },
    });
  });

  test("renders when nothing named is kept elsewhere", () => {
    const template =
      "${orchestration.id} ${doc} ${steps.b.status} ${steps.a.error}";
    expect(referencesOnlyInline(template, scope)).toBe(true);
    expect(renderInScope(template, scope)).toBe("o1 D skipped null");
    expect(referencesOnlyInline("${input}", scope)).toBe(false);
    expect(() => renderInScope("${input}", scope)).toThrow("must be loaded");
  });
});
