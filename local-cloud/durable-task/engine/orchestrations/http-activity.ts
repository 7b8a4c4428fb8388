import type { HttpCall } from "../../replay/actions";

const requestTimeoutMs = 100_000;

interface TokenSource {
  readonly resource?: string;
}

/** Returns the response as JSON text, whatever its status. Throws when there is no response. */
export async function executeHttpCall({
  method,
  uri,
  content,
  headers = {},
  tokenSource,
}: HttpCall): Promise<string> {
  const requestHeaders = new Headers(headers);
  if (content !== undefined && !requestHeaders.has("content-type"))
    requestHeaders.set("content-type", "text/plain");
  const token = await acquireToken(
    tokenSource as TokenSource | null | undefined,
  );
  if (token !== undefined)
    requestHeaders.set("authorization", `Bearer ${token}`);
  const response = await fetch(uri, {
    method,
    headers: requestHeaders,
    signal: AbortSignal.timeout(requestTimeoutMs),
    ...(content !== undefined && { body: content }),
  });
  return JSON.stringify({
    statusCode: response.status,
    headers: Object.fromEntries(
      [...response.headers].filter(([name]) => !name.startsWith("content-")),
    ),
    content: await response.text(),
  });
}

/** Resources whose scope ends in `/.default`. https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-features */
const defaultScopeResources =
  /^https:\/\/(?:management\.core\.windows\.net|graph\.microsoft\.com)\/?$/;

async function acquireToken(
  source: TokenSource | null | undefined,
): Promise<string | undefined> {
  const resource = source?.resource;
  if (resource === undefined) return undefined;
  // Imported on first use: few apps need tokens, and the package is large.
  const { DefaultAzureCredential } = await import("@azure/identity");
  const scope = defaultScopeResources.test(resource)
    ? `${resource.replace(/\/$/, "")}/.default`
    : resource;
  const { token } = await new DefaultAzureCredential().getToken(scope);
  return token;
}
