import type { Json } from "./payload";

/** `Array.isArray` does not narrow read-only arrays. */
export const isJsonArray = (value: Json): value is readonly Json[] =>
  Array.isArray(value);

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
