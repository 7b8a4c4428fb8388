import type { IncomingMessage } from "node:http";

/**
 * Reads a request body; undefined when it is larger than `limitBytes`. An oversized body is read to its end and
 * discarded, because a client that is cut off while it sends does not read the response.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= limitBytes ? Buffer.concat(chunks) : undefined;
}
