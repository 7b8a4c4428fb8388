import type { IncomingMessage } from "node:http";
import type { TypedData } from "../core/extension";

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
export async function readHttpRequest(
  request: IncomingMessage,
  origin: string,
  signal: AbortSignal,
): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is read all the same: breaking the connection off would not tell the caller why.
    if (bytes <= bodyLimitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > bodyLimitBytes) return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  return {
    method: request.method ?? "GET",
    url: requestUrl(request.url ?? "/", headers["host"], origin),
    headers,
    body: Buffer.concat(chunks),
    signal,
  };
}

/**
 * A caller may write any target and host. A path may begin with two slashes, which would be read as a host, so it is
 * put behind the origin as it is; a whole URL, as callers of proxies send it, stands for itself.
 */
function requestUrl(target: string, host = "", origin: string): URL {
  const named = `http://${host}`;
  const base = URL.canParse(named) ? new URL(named).origin : origin;
  if (target.startsWith("/")) return new URL(`${base}${target}`);
  return new URL(URL.canParse(target, base) ? target : "/", base);
}

/** The query by name; values of a name that is given several times are joined, as the real host does. */
export const parseQuery = (url: URL): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => [
      name,
      url.searchParams.getAll(name).join(","),
    ]),
  );

const nullable = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value }]),
  );

/** The trigger value of an HTTP function. */
export const toHttpTriggerData = (
  { method, url, headers, body }: ReceivedRequest,
  params: Readonly<Record<string, string>>,
): TypedData => ({
  http: {
    url: url.href,
    method,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(parseQuery(url)),
    nullableParams: nullable(params),
    ...(body.length > 0 && { body: { bytes: body } }),
  },
});
