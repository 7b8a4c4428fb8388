import type { HttpRequest } from "@azure/functions";
import { AosError } from "../../errors";
import type { Json } from "../../model/payload";
import { jsonErrorPosition } from "./json-position";
import { invalidRequest } from "./problem";

export const maxBodyBytes = 1024 * 1024;
/** Far deeper than anything meant; shallow enough for every recursive reader behind this one. */
const maxDepth = 64;

type Body = Pick<HttpRequest, "headers" | "body">;

/** The parsed body, at most 1 MiB of UTF-8. */
export async function readJsonBody(request: Body): Promise<Json> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > maxBodyBytes) throw tooLarge();
  const text = decode(await readBytes(request));
  if (text.trim() === "")
    throw invalidRequest([
      { pointer: "", detail: "is empty; send a JSON object" },
    ]);
  const value = parse(text);
  if (depthExceeds(value, maxDepth))
    throw invalidRequest([
      { pointer: "", detail: `is nested deeper than ${maxDepth} levels` },
    ]);
  return value;
}

const tooLarge = (): AosError =>
  new AosError(
    "payload_too_large",
    `The body is over 1 MiB (${maxBodyBytes} bytes). Store large inputs elsewhere and send a reference to them.`,
  );

async function readBytes(request: Body): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Counted as well as declared: a chunked body declares nothing.
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AosError("malformed_json", "The body is not UTF-8 text.", {
      cause,
    });
  }
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
