import type { HttpRequest } from "@azure/functions";
import { AosError } from "../domain/errors";
import type { Json } from "../domain/payload";
import {
  decodeRequestText,
  parseRequestJson,
} from "../orchestrations/request/parse-json";

const maxBodyBytes = 1024 * 1024;

type RequestBody = Pick<HttpRequest, "headers" | "body">;

/** Parses a JSON body of at most 1 MiB of UTF-8. */
export const readJsonBody = async (request: RequestBody): Promise<Json> =>
  parseRequestJson(await readText(request));

/** Returns undefined when the body is empty. */
export async function readOptionalJsonBody(
  request: RequestBody,
): Promise<Json | undefined> {
  const text = await readText(request);
  return text.trim() === "" ? undefined : parseRequestJson(text);
}

async function readText(request: RequestBody): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > maxBodyBytes) throw tooLarge();
  return decodeRequestText(await readBytes(request));
}

const tooLarge = (): AosError =>
  new AosError(
    "payload_too_large",
    `The request body exceeds 1 MiB (${maxBodyBytes} bytes). Store large input elsewhere and send a reference to it.`,
  );

async function readBytes(request: RequestBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // A chunked body has no Content-Length.
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
