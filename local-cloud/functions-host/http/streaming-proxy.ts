/** Forwards requests to the HTTP server of an app that called `app.setup({ enableHttpStream: true })`. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { TypedData } from "../core/extension";
import type { ReceivedRequest } from "./received-request";

/**
 * The library reads route parameters and headers from this metadata when it streams. As on Azure, the metadata also
 * contains the query and the properties of a JSON body; later entries override earlier ones.
 */
export function streamTriggerMetadata(
  request: ReceivedRequest,
  params: Readonly<Record<string, string>>,
): Readonly<Record<string, TypedData>> {
  // Of several values, the last one.
  const query = Object.fromEntries(
    [...request.url.searchParams].filter(([name]) => name !== "code"),
  );
  return {
    Query: { json: JSON.stringify(query) },
    Headers: { json: JSON.stringify(request.headers) },
    ...toStringData(params),
    ...bodyProperties(request),
    ...toStringData(query),
  };
}

const toStringData = (values: Readonly<Record<string, string>>) =>
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
      Object.entries(value).map(([name, property]: [string, unknown]) => [
        name,
        typeof property === "string"
          ? { string: property }
          : { json: JSON.stringify(property) },
      ]),
    );
  } catch {
    return {}; // invalid JSON is left to the function
  }
}

/** Sends the request to the HTTP server of the app; resolves when the headers of the response have arrived. */
export function forwardRequest(
  request: ReceivedRequest,
  target: { readonly uri: string; readonly invocationId: string },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { pathname, search, host, protocol } = request.url;
  return new Promise((resolve, reject) => {
    const forwarded = httpRequest(
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
    forwarded.once("error", reject);
    forwarded.end(request.body);
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
