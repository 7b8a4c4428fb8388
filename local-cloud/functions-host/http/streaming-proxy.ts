/** Apps that called `app.setup({ enableHttpStream: true })` serve HTTP themselves; the host passes requests on to them. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { TypedData } from "../core/extension";
import { parseQuery, type ReceivedRequest } from "./received-request";

/**
 * What the library takes route values and headers from in this mode. The real host also puts the query and the
 * properties of a JSON body there; later entries win.
 */
export function streamTriggerMetadata(
  request: ReceivedRequest,
  params: Readonly<Record<string, string>>,
): Readonly<Record<string, TypedData>> {
  const query = Object.fromEntries(
    Object.entries(parseQuery(request.url)).filter(([name]) => name !== "code"),
  );
  return {
    Query: { json: JSON.stringify(query) },
    Headers: { json: JSON.stringify(request.headers) },
    ...asText(params),
    ...asText(query),
    ...bodyProperties(request),
  };
}

const asText = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, string]) => [name, { string }]),
  );

function bodyProperties({
  headers,
  body,
}: ReceivedRequest): Readonly<Record<string, TypedData>> {
  if (!headers["content-type"]?.includes("json")) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return {};
    return Object.fromEntries(
      Object.entries(value).map(([name, part]: [string, unknown]) => [
        name,
        typeof part === "string"
          ? { string: part }
          : { json: JSON.stringify(part) },
      ]),
    );
  } catch {
    return {}; // not JSON after all: the function will say so
  }
}

/** Sends the request to the app's own server; resolves with the head of its answer. */
export function forwardRequest(
  request: ReceivedRequest,
  target: { readonly uri: string; readonly invocationId: string },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { pathname, search, host, protocol } = request.url;
  return new Promise((resolve, reject) => {
    const passed = httpRequest(
      new URL(`${pathname}${search}`, target.uri),
      {
        method: request.method,
        signal,
        headers: {
          ...omitHopByHopHeaders(request.headers),
          "content-length": request.body.length,
          "x-ms-invocation-id": target.invocationId,
          "x-forwarded-host": host,
          "x-forwarded-proto": protocol.replace(":", ""),
        },
      },
      resolve,
    );
    passed.once("error", reject);
    passed.end(request.body);
  });
}

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export const omitHopByHopHeaders = <Value>(
  headers: Readonly<Record<string, Value>>,
): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.has(name)),
  );
