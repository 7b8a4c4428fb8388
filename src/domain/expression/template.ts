/** Text and JSON with `${…}` in it: what prompts, tool inputs and outputs of workflows are written in. */
import { AosError } from "../errors";
import {
  type ExpressionBindings,
  evaluateCel,
  compileExpression,
} from "./compile-expression";
import { isJsonArray } from "../json";
import type { Json } from "../payload";
import type { ExpressionReferences } from "./find-references";
import { findExpressionEnd } from "./find-expression-end";

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string };

/** The parts of one string. `$${` stands for `${` itself. Throws `expression_failed` when a `${` has no end. */
export function parseTemplate(text: string): readonly Part[] {
  const parts: Part[] = [];
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
    if (end === undefined) throw unclosed(text.slice(start));
    parts.push({ kind: "expression", text: text.slice(start + 2, end).trim() });
    at = end + 1;
  }
  literal += text.slice(at);
  if (literal !== "") parts.push({ kind: "text", text: literal });
  return parts;
}

/**
 * A string that is exactly one `${…}` gives the value itself; any other becomes text, in which strings stand as
 * they are and everything else as JSON.
 */
export function renderTemplate(
  template: Json,
  bindings: ExpressionBindings,
): Json {
  if (typeof template === "string") return renderText(template, bindings);
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

function renderText(template: string, bindings: ExpressionBindings): Json {
  const parts = parseTemplate(template);
  const [first] = parts;
  if (parts.length === 1 && first?.kind === "expression")
    return evaluateCel(first.text, bindings);
  return parts
    .map(({ kind, text }) =>
      kind === "text" ? text : asText(evaluateCel(text, bindings)),
    )
    .join("");
}

const asText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** The expression of a template that is exactly one `${…}`. */
export function soleExpression(template: string): string | undefined {
  const [first, ...others] = parseTemplate(template);
  return first?.kind === "expression" && others.length === 0
    ? first.text
    : undefined;
}

export interface TemplateString {
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
    templateStrings(value, `${pointer}/${escapePointerToken(key)}`),
  );
}

export const escapePointerToken = (key: string): string =>
  key.replaceAll("~", "~0").replaceAll("/", "~1");

/** What all expressions of the template name. */
export const templateReferences = (
  template: Json,
): readonly ExpressionReferences[] =>
  templateStrings(template)
    .flatMap(({ text }) => parseTemplate(text))
    .filter(({ kind }) => kind === "expression")
    .map(({ text }) => compileExpression(text).references);

const unclosed = (text: string): AosError =>
  new AosError(
    "expression_failed",
    `"${text.slice(0, 60)}" has no closing brace. Close it, or write "$\${" for the characters themselves.`,
  );
