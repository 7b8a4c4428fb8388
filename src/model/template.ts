/** Text and JSON with `${…}` in it: what prompts, tool inputs and outputs of workflows are written in. */
import { AosError } from "../errors";
import { type Bindings, evaluate, parseExpression } from "./expression";
import { isJsonArray } from "./json-array";
import type { Json } from "./payload";
import type { References } from "./references";
import { endOfExpression } from "./template-scanner";

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string };

/** The parts of one string. `$${` stands for `${` itself. Throws `expression_failed` when a `${` has no end. */
export function partsOf(text: string): readonly Part[] {
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
    const end = endOfExpression(text, start + 2);
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
export function render(template: Json, bindings: Bindings): Json {
  if (typeof template === "string") return renderText(template, bindings);
  if (typeof template !== "object" || template === null) return template;
  if (isJsonArray(template))
    return template.map((item) => render(item, bindings));
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      render(value, bindings),
    ]),
  );
}

function renderText(template: string, bindings: Bindings): Json {
  const parts = partsOf(template);
  const [first] = parts;
  if (parts.length === 1 && first?.kind === "expression")
    return evaluate(first.text, bindings);
  return parts
    .map(({ kind, text }) =>
      kind === "text" ? text : asText(evaluate(text, bindings)),
    )
    .join("");
}

const asText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** The expression of a template that is exactly one `${…}`. */
export function soleExpression(template: string): string | undefined {
  const [first, ...others] = partsOf(template);
  return first?.kind === "expression" && others.length === 0
    ? first.text
    : undefined;
}

export interface PlacedText {
  /** JSON pointer of the string within the template. */
  readonly pointer: string;
  readonly text: string;
}

export function textsOf(template: Json, pointer = ""): readonly PlacedText[] {
  if (typeof template === "string") return [{ pointer, text: template }];
  if (typeof template !== "object" || template === null) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    textsOf(value, `${pointer}/${pointerToken(key)}`),
  );
}

export const pointerToken = (key: string): string =>
  key.replaceAll("~", "~0").replaceAll("/", "~1");

/** What all expressions of the template name. */
export const referencesOf = (template: Json): readonly References[] =>
  textsOf(template)
    .flatMap(({ text }) => partsOf(text))
    .filter(({ kind }) => kind === "expression")
    .map(({ text }) => parseExpression(text).references);

const unclosed = (text: string): AosError =>
  new AosError(
    "expression_failed",
    `"${text.slice(0, 60)}" has no closing brace. Close it, or write "$\${" for the characters themselves.`,
  );
