import type { Json } from "./payload";

/** `Array.isArray` does not narrow read-only arrays. */
export const isJsonArray = (value: Json): value is readonly Json[] =>
  Array.isArray(value);

export const isJsonObject = (
  value: unknown,
): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A string unchanged, any other value as JSON. */
export const toText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** A JSON pointer (RFC 6901) to `path` below the pointer `base`. */
export const toJsonPointer = (
  path: readonly PropertyKey[],
  base = "",
): string =>
  [
    base,
    ...path.map((key) =>
      String(key).replaceAll("~", "~0").replaceAll("/", "~1"),
    ),
  ].join("/");

/** JSON text with sorted keys, so that equal values have the same text. */
export function toCanonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(toCanonicalJson).join(",")}]`;
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${toCanonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}
