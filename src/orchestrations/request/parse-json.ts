import { AosError } from "../../domain/errors";
import type { Json } from "../../domain/payload";
import { jsonErrorPosition } from "./json-position";
import { invalidRequest } from "./request-error";

/** Far deeper than anything meant; shallow enough for every recursive reader behind this one. */
const maxDepth = 64;

/** The value that the text of a body stands for. */
export function parseRequestJson(text: string): Json {
  if (text.trim() === "")
    throw invalidRequest([
      { pointer: "", detail: "is empty; send a JSON object" },
    ]);
  return checkJsonDepth(parse(text));
}

/** The value itself, unless it is nested too deeply. */
export function checkJsonDepth(value: Json): Json {
  if (depthExceeds(value, maxDepth))
    throw invalidRequest([
      { pointer: "", detail: `is nested deeper than ${maxDepth} levels` },
    ]);
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AosError(
      "malformed_json",
      `The body is not JSON from ${place(text)} on: ${reason}.`,
      { cause },
    );
  }
}

function place(text: string): string {
  const position = jsonErrorPosition(text);
  const before = text.slice(0, position).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return `position ${position} (line ${before.length}, column ${column})`;
}

/** Goes level by level and not by recursion, which a hostile body could drive to the end of the stack. */
function depthExceeds(value: Json, limit: number): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap(childrenOf);
    if (level.length === 0) return false;
  }
  return true;
}

const childrenOf = (value: Json): readonly Json[] =>
  typeof value === "object" && value !== null ? Object.values(value) : [];
