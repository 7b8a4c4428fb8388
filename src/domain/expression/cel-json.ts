/** JSON in the shapes that CEL computes with, and back. */
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

/** Whole numbers become CEL ints, because CEL's literals are: `steps.a.output.risk + 1` must have an overload. */
export function toCel(value: Json): CelInput {
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (isJsonArray(value)) return value.map(toCel);
  return new Map(
    Object.entries(value).map(([key, inner]) => [key, toCel(inner)]),
  );
}

/** Throws a TypeError for what JSON cannot say: timestamps, durations, types, numbers that are not finite. */
export function fromCel(value: CelValue): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string")
    return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return finite(value);
  if (isCelUint(value)) return Number(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value))
    return Object.fromEntries(
      [...value].map(([key, inner]) => [keyText(key), fromCel(inner)]),
    );
  throw new TypeError(
    "gives a value that JSON cannot hold; convert it with string(…)",
  );
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`gives ${value}, which JSON cannot hold`);
}

const keyText = (key: CelUint | bigint | string | boolean): string =>
  isCelUint(key) ? key.value.toString() : key.toString();
