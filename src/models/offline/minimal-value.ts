import { isJsonArray, isJsonObject } from "../../domain/json";
import type { Json } from "../../domain/payload";

type Schema = Readonly<Record<string, Json>>;

/** From this depth on only required fields and items are filled, so that the value of a recursive schema is finite. */
const sparseDepth = 3;
const maxDepth = 8;

/**
 * A small value that satisfies a JSON Schema, with `text` in its strings. Follows types, lengths, ranges and counts;
 * ignores `pattern` and `format`.
 */
export function minimalValue(root: Schema, text: string): Json {
  const build = (node: Json | undefined, depth: number): Json => {
    const schema = toSchema(node);
    if (depth > maxDepth) return null;
    const target = findTarget(schema, root);
    if (target !== undefined) return build(target, depth + 1);
    const type = firstOf(schema["type"]) ?? schema["type"];
    if (type === "object" || schema["properties"] !== undefined)
      return Object.fromEntries(
        filledFields(schema, depth).map(([name, field]) => [
          name,
          build(field, depth + 1),
        ]),
      );
    if (type === "array")
      return Array.from({ length: itemCount(schema, depth) }, () =>
        build(schema["items"], depth + 1),
      );
    return fixedValue(schema) ?? scalar(type ?? "string", schema, text);
  };
  return build(root, 0);
}

/** The schema that `$ref` names, or the first of `anyOf`, `oneOf` or `allOf`. */
function findTarget(schema: Schema, root: Schema): Json | undefined {
  const reference = schema["$ref"];
  if (typeof reference !== "string")
    return firstOf(schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"]);
  return reference
    .split("/")
    .slice(1)
    .reduce<Json | undefined>((node, part) => toSchema(node)[part], root);
}

function filledFields(schema: Schema, depth: number) {
  const required = schema["required"] ?? [];
  return Object.entries(toSchema(schema["properties"])).filter(
    ([name]) =>
      depth < sparseDepth || (isJsonArray(required) && required.includes(name)),
  );
}

function itemCount(schema: Schema, depth: number): number {
  const least = Math.max(
    limit(schema, "minItems", 0),
    depth < sparseDepth ? 1 : 0,
  );
  return Math.min(least, limit(schema, "maxItems", Infinity));
}

const fixedValue = (schema: Schema): Json | undefined =>
  schema["const"] ?? firstOf(schema["enum"]) ?? schema["default"];

function scalar(type: Json, schema: Schema, text: string): Json {
  if (type === "string")
    return text
      .slice(0, limit(schema, "maxLength", Infinity))
      .padEnd(limit(schema, "minLength", 0), ".");
  if (type === "boolean") return false;
  if (type !== "number" && type !== "integer") return null;
  const above = limit(schema, "exclusiveMinimum", -Infinity) + 1;
  const least = Math.max(limit(schema, "minimum", -Infinity), above);
  const most = limit(schema, "maximum", Infinity);
  return Math.min(most, Math.max(least, Math.min(0, most)));
}

function limit(schema: Schema, keyword: string, fallback: number): number {
  const value = schema[keyword];
  return typeof value === "number" ? value : fallback;
}

const firstOf = (value: Json | undefined): Json | undefined =>
  value !== undefined && isJsonArray(value) ? value[0] : undefined;

const toSchema = (value: Json | undefined): Schema =>
  isJsonObject(value) ? value : {};
