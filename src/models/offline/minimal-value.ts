import type { Json } from "../../domain/payload";
import {
  allKeySentences,
  type Wanted,
} from "../../catalog/offline/answer-text";
import { type Material, titleFields } from "../../catalog/offline/material";
import { offlineNotice } from "./notice";
import { ranked } from "../../catalog/offline/rank";

type Schema = Readonly<Record<string, Json>>;

/** What is left to hand out while a schema is filled, in the order of its fields. */
interface Fill {
  readonly root: Schema;
  readonly title: string;
  readonly best: string;
  readonly sentences: readonly string[];
  noticeGiven: boolean;
}

const maxDepth = 8;
/** From here on only what a schema requires is filled, so that one that contains itself comes to an end. */
const sparseDepth = 3;

/**
 * A value of the schema's shape: texts and lists of texts hold key sentences, a field such as `document` the source's
 * name, numbers their minimum, choices their first. It follows types, lengths and counts, not patterns or formats.
 */
export function answerJson(
  schema: Schema,
  material: Material,
  wanted: Wanted,
): Json {
  const sentences = allKeySentences(material, wanted);
  const [best = "Nothing to quote."] = ranked(sentences, wanted.interest, 1);
  const title =
    material.sections.find((section) => section.isSource)?.title ??
    material.title ??
    "Untitled";
  const fill = { root: schema, title, best, sentences, noticeGiven: false };
  const value = valueFor(schema, "", fill, 0);
  if (fill.noticeGiven) return value;
  // No text field to say it in: the first of a list says it.
  return valueFor(
    schema,
    "",
    { ...fill, sentences: [offlineNotice, ...sentences] },
    0,
  );
}

function valueFor(
  schema: Schema,
  field: string,
  fill: Fill,
  depth: number,
): Json {
  if (depth > maxDepth) return null;
  const chosen = fixedValue(schema);
  if (chosen !== undefined) return chosen;
  const other = elsewhere(schema, fill.root);
  if (other !== undefined) return valueFor(other, field, fill, depth + 1);
  switch (typeOf(schema)) {
    case "object":
      return objectFor(schema, fill, depth);
    case "array":
      return listFor(schema, field, fill, depth);
    case "string":
      return stringFor(schema, field, fill);
    case "number":
    case "integer":
      return numberFor(schema);
    case "boolean":
      return false;
    default:
      return null;
  }
}

function fixedValue(schema: Schema): Json | undefined {
  if (schema["const"] !== undefined) return schema["const"];
  const choices = schema["enum"];
  if (isList(choices)) return choices[0];
  return schema["default"];
}

/** The schema that this one points to, or the first of its alternatives. */
function elsewhere(schema: Schema, root: Schema): Schema | undefined {
  const reference = schema["$ref"];
  if (typeof reference === "string") return resolved(reference, root);
  const alternatives = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
  return isList(alternatives) ? asSchema(alternatives[0]) : undefined;
}

const resolved = (reference: string, root: Schema): Schema | undefined =>
  reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .reduce<Schema | undefined>(
      (at, part) =>
        asSchema(at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")]),
      root,
    );

function typeOf(schema: Schema): Json | undefined {
  const type = schema["type"];
  if (isList(type)) return type[0];
  if (type !== undefined) return type;
  return schema["properties"] === undefined ? "string" : "object";
}

function objectFor(schema: Schema, fill: Fill, depth: number): Json {
  const properties = asSchema(schema["properties"]) ?? {};
  const required = schema["required"];
  const isWanted = (name: string): boolean =>
    depth < sparseDepth || (isList(required) && required.includes(name));
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => isWanted(name))
      .map(([name, property]) => [
        name,
        valueFor(asSchema(property) ?? {}, name, fill, depth + 1),
      ]),
  );
}

function listFor(
  schema: Schema,
  field: string,
  fill: Fill,
  depth: number,
): Json {
  const items = asSchema(schema["items"]) ?? {};
  const least = limit(schema, "minItems", 0);
  const most = limit(schema, "maxItems", Infinity);
  if (typeOf(items) !== "string" || fixedValue(items) !== undefined)
    return Array.from(
      { length: Math.min(most, Math.max(least, depth < sparseDepth ? 1 : 0)) },
      () => valueFor(items, field, fill, depth + 1),
    );
  const texts = fill.sentences.slice(0, most);
  while (texts.length < least) texts.push(fill.best);
  return texts.map((text) => fitted(text, items));
}

function stringFor(schema: Schema, field: string, fill: Fill): string {
  if (titleFields.includes(field)) return fitted(fill.title, schema);
  if (fill.noticeGiven) return fitted(fill.best, schema);
  fill.noticeGiven = true;
  return fitted(`${offlineNotice} ${fill.best}`, schema);
}

function fitted(text: string, schema: Schema): string {
  const least = limit(schema, "minLength", 0);
  return text.slice(0, limit(schema, "maxLength", Infinity)).padEnd(least, ".");
}

function numberFor(schema: Schema): number {
  const least = limit(schema, "minimum", -Infinity);
  const above = limit(schema, "exclusiveMinimum", -Infinity) + 1;
  const most = limit(schema, "maximum", Infinity);
  return Math.min(most, Math.max(least, above, Math.min(0, most)));
}

function limit(schema: Schema, keyword: string, otherwise: number): number {
  const value = schema[keyword];
  return typeof value === "number" ? value : otherwise;
}

const isList = (value: Json | undefined): value is readonly Json[] =>
  Array.isArray(value);

const asSchema = (value: Json | undefined): Schema | undefined =>
  value !== null && typeof value === "object" && !isList(value)
    ? value
    : undefined;
