/** Templates: JSON whose strings may contain `${…}` with a CEL expression, and `$${` for a literal `${`. */
import { AosError } from "../errors";
import { isJsonArray, toJsonPointer, toText } from "../json";
import type { Json } from "../payload";
import {
  compileExpression,
  evaluateCel,
  type ExpressionBindings,
} from "./compile-expression";
import { findExpressionEnd } from "./find-expression-end";
import type { ExpressionReferences } from "./find-references";

type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string };

/** Throws `expression_failed` if a `${` is not closed. */
export function parseTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf("${", at);
    if (start < 0) break;
    if (start > at && text[start - 1] === "$") {
      literal += text.slice(at, start - 1) + "${";
      at = start + 2;
      continue;
    }
    literal += text.slice(at, start);
    if (literal !== "") parts.push({ kind: "text", text: literal });
    literal = "";
    const end = findExpressionEnd(text, start + 2);
    if (end === undefined) throw unclosedExpression(text.slice(start));
    parts.push({ kind: "expression", text: text.slice(start + 2, end).trim() });
    at = end + 1;
  }
  literal += text.slice(at);
  if (literal !== "") parts.push({ kind: "text", text: literal });
  return parts;
}

/** A string that consists of a single `${…}` is replaced by the value of its expression; any other string remains a string. */
export function renderTemplate(
  template: Json,
  bindings: ExpressionBindings,
): Json {
  if (typeof template === "string") return renderString(template, bindings);
  if (typeof template !== "object" || template === null) return template;
  if (isJsonArray(template))
    return template.map((item) => renderTemplate(item, bindings));
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      renderTemplate(value, bindings),
    ]),
  );
}

function renderString(template: string, bindings: ExpressionBindings): Json {
  const parts = parseTemplate(template);
  const [first] = parts;
  if (parts.length === 1 && first?.kind === "expression")
    return evaluateCel(first.text, bindings);
  return parts
    .map(({ kind, text }) =>
      kind === "text" ? text : toText(evaluateCel(text, bindings)),
    )
    .join("");
}

/** Returns the expression of a template that consists of a single `${…}`, otherwise undefined. */
export function soleExpression(template: string): string | undefined {
  const [first, ...others] = parseTemplate(template);
  return first?.kind === "expression" && others.length === 0
    ? first.text
    : undefined;
}

interface TemplateString {
  /** JSON pointer of the string within the template. */
  readonly pointer: string;
  readonly text: string;
}

export function templateStrings(
  template: Json,
  pointer = "",
): readonly TemplateString[] {
  if (typeof template === "string") return [{ pointer, text: template }];
  if (typeof template !== "object" || template === null) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    templateStrings(value, toJsonPointer([key], pointer)),
  );
}

/** The references of each expression in the template. */
export const templateReferences = (
  template: Json,
): readonly ExpressionReferences[] =>
  templateStrings(template)
    .flatMap(({ text }) => parseTemplate(text))
    .filter(({ kind }) => kind === "expression")
    .map(({ text }) => compileExpression(text).references);

const unclosedExpression = (text: string): AosError =>
  new AosError(
    "expression_failed",
    `The expression "${text.slice(0, 60)}" has no closing brace. Close it, or write "$\${" for a literal "\${".`,
  );
