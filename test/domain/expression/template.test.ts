import fc from "fast-check";
import type { ExpressionScope } from "../../../src/domain/contracts";
import type { Json } from "../../../src/domain/payload";
import {
  isScopeInline,
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
])("renders %j to %j", (template, expected) => {
  expect(renderTemplate(template, bindings)).toEqual(expected);
});

test("throws for an expression without a closing brace", () => {
  expect(() => renderTemplate("a ${input.a", bindings)).toThrow(
    "no closing brace",
  );
});

test("renders escaped text unchanged", () => {
  const text = fc.stringMatching(/^[ab${}"']*$/);
  fc.assert(
    fc.property(text, (value) => {
      fc.pre(!value.includes("$${"));
      expect(
        renderTemplate(
          value.replaceAll("${", () => "$${"),
          {},
        ),
      ).toBe(value);
    }),
  );
});

describe("expression scope", () => {
  const scope: ExpressionScope = {
    input: { $ref: "blob", bytes: 1, sha256: "0" },
    steps: {
      a: { status: "completed", output: { value: "A" } },
      b: { status: "skipped", output: { value: null } },
    },
    variables: { doc: { value: "D" } },
    orchestrationId: "o1",
  };

  test("contains only the values that the template uses", () => {
    expect(scopeForTemplate("${steps.a.output} ${doc}", scope)).toEqual({
      ...scope,
      input: { value: null },
      steps: { a: scope.steps["a"] },
    });
  });

  test("renders a template unless it uses a payload reference", () => {
    const template =
      "${orchestration.id} ${doc} ${steps.b.status} ${steps.a.error}";
    expect(isScopeInline(scopeForTemplate(template, scope))).toBe(true);
    expect(renderInScope(template, scope)).toBe("o1 D skipped null");
    expect(isScopeInline(scopeForTemplate("${input}", scope))).toBe(false);
    expect(() => renderInScope("${input}", scope)).toThrow("must be loaded");
  });
});
