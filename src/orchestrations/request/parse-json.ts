import { AosError, toErrorMessage } from "../../domain/errors";
import type { Json } from "../../domain/payload";
import { invalidRequest } from "./request-error";

/** Keeps recursive readers of the value within the stack. */
const maxDepth = 64;

/** Decodes the body of a request and removes a byte order mark. */
export function decodeRequestText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AosError(
      "malformed_json",
      "The body is not UTF-8 text. Encode it as UTF-8.",
      { cause },
    );
  }
}

/** Parses the body of a request. The parser's message contains the position of the error, if the runtime reports it. */
export function parseRequestJson(text: string): Json {
  if (text.trim() === "")
    throw invalidRequest([
      { pointer: "", detail: "is empty; send a JSON object" },
    ]);
  try {
    return checkJsonDepth(JSON.parse(text) as Json);
  } catch (cause) {
    if (cause instanceof AosError) throw cause;
    throw new AosError(
      "malformed_json",
      `The body is not valid JSON: ${toErrorMessage(cause)}.`,
      { cause },
    );
  }
}

/** Returns the value, or throws if it is nested too deeply. */
function checkJsonDepth(value: Json): Json {
  if (exceedsDepth(value, maxDepth))
    throw invalidRequest([
      { pointer: "", detail: `is nested deeper than ${maxDepth} levels` },
    ]);
  return value;
}

/** Iterates by level: recursion could exhaust the stack. */
function exceedsDepth(value: Json, limit: number): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap(childValues);
    if (level.length === 0) return false;
  }
  return true;
}

const childValues = (value: Json): readonly Json[] =>
  typeof value === "object" && value !== null ? Object.values(value) : [];
