/** Converts JSON to CEL values and back. */
import {
  type CelInput,
  type CelUint,
  type CelValue,
  isCelList,
  isCelMap,
  isCelUint,
} from "@bufbuild/cel";
import { isJsonArray } from "../json";
import type { Json } from "../payload";

/** Converts integers to the CEL type int: CEL cannot add a double and an integer literal, as in `input.risk + 1`. */
export function toCel(value: Json): CelInput {
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (isJsonArray(value)) return value.map(toCel);
  return new Map(
    Object.entries(value).map(([key, inner]) => [key, toCel(inner)]),
  );
}

/** Throws a TypeError for values that JSON cannot represent: timestamps, durations, types, non-finite numbers. */
export function fromCel(value: CelValue): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string")
    return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return requireFinite(value);
  if (isCelUint(value)) return Number(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value))
    return Object.fromEntries(
      [...value].map(([key, inner]) => [keyText(key), fromCel(inner)]),
    );
  throw new TypeError(
    "returns a value that JSON cannot represent; convert it with string(…)",
  );
}

function requireFinite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`returns ${value}, which JSON cannot represent`);
}

const keyText = (key: CelUint | bigint | string | boolean): string =>
  isCelUint(key) ? key.value.toString() : key.toString();
