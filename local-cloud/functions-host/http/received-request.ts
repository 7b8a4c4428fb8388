import type { IncomingMessage } from "node:http";
import { readBody } from "../../shared/http-body/read-body";
import type { Invocation, TypedData } from "../core/extension";

/** An HTTP request whose body has been read completely. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
}

/** The default limit of the Azure Functions host. */
const bodyLimitBytes = 100 * 1024 * 1024;

/** Undefined when the body is too large. */
export async function readHttpRequest(
  request: IncomingMessage,
  origin: string,
  signal: AbortSignal,
): Promise<ReceivedRequest | undefined> {
  const body = await readBody(request, bodyLimitBytes);
  if (body === undefined) return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  return {
    method: request.method ?? "GET",
    url: parseRequestUrl(request.url ?? "/", headers["host"], origin),
    headers,
    body,
    signal,
  };
}

/**
 * The target and the Host header may contain arbitrary text. A path is appended to the origin as text, because `new URL(path,
 * origin)` reads a path that starts with two slashes as a host. An absolute URL, as sent to proxies, replaces the origin.
 */
function parseRequestUrl(target: string, host = "", origin: string): URL {
  const fromHost = `http://${host}`;
  const base = URL.canParse(fromHost) ? new URL(fromHost).origin : origin;
  if (target.startsWith("/")) return new URL(`${base}${target}`);
  return new URL(URL.canParse(target, base) ? target : "/", base);
}

/** Query parameters by name; several values of one parameter are joined by commas, as on Azure. */
const parseQuery = (url: URL): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => [
      name,
      url.searchParams.getAll(name).join(","),
    ]),
  );

const toNullable = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value }]),
  );

export const toHttpTriggerData = (
  { method, url, headers, body }: ReceivedRequest,
  params: Readonly<Record<string, string>>,
): TypedData => ({
  http: {
    url: url.href,
    method,
    nullableHeaders: toNullable(headers),
    nullableQuery: toNullable(parseQuery(url)),
    nullableParams: toNullable(params),
    ...(body.length > 0 && { body: { bytes: body } }),
  },
});

export function toHttpInvocation(
  functionName: string,
  trigger: TypedData,
  { headers, signal }: ReceivedRequest,
): Invocation {
  const { traceparent: traceParent, tracestate: traceState } = headers;
  return {
    functionName,
    trigger,
    signal,
    ...(traceParent !== undefined && {
      traceContext: {
        traceParent,
        ...(traceState !== undefined && { traceState }),
      },
    }),
  };
}
