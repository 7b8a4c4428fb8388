import type { IncomingMessage } from "node:http";
import type { TypedData } from "../extension";

/** A request as the host has received it, whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** A body larger than this is refused, as the real host's default is. */
const bodyLimitBytes = 100 * 1024 * 1024;

/** Undefined when the body is too large. */
export async function receive(
  request: IncomingMessage,
  origin: string,
  signal: AbortSignal,
): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) return undefined;
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  const host = headers["host"];
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", host ? `http://${host}` : origin),
    headers,
    body: Buffer.concat(chunks),
    signal,
  };
}

const nullable = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value }]),
  );

/** The trigger value of an HTTP function. */
export const httpTrigger = (
  { method, url, headers, body }: ReceivedRequest,
  params: Readonly<Record<string, string>>,
): TypedData => ({
  http: {
    url: url.href,
    method,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(Object.fromEntries(url.searchParams)),
    nullableParams: nullable(params),
    ...(body.length > 0 && { body: { bytes: body } }),
  },
});
