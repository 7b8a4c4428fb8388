import type { Json } from "./payload";

/** `Array.isArray` does not narrow read-only arrays. */
export const isJsonArray = (value: Json): value is readonly Json[] =>
  Array.isArray(value);
