/** The activity `BuiltIn::HttpActivity`, which makes one durable HTTP call. */
import type { HttpCall } from "../../replay/actions";

interface TokenSource {
  readonly kind?: string;
  readonly resource?: string;
}

/** JSON text of the answer. Throws when there is none: the caller's task fails then; any status is an answer. */
export async function executeHttpCall(
  { method, uri, content, headers = {}, tokenSource }: HttpCall,
  timeoutMs = 100_000,
): Promise<string> {
  const sent = new Headers(headers);
  if (content !== undefined && !sent.has("content-type"))
    sent.set("content-type", "text/plain");
  const token = await tokenFor(tokenSource as TokenSource | null | undefined);
  if (token !== undefined) sent.set("authorization", `Bearer ${token}`);
  const response = await fetch(uri, {
    method,
    headers: sent,
    signal: AbortSignal.timeout(timeoutMs),
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

/** Resources whose scope has a suffix. https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-features */
const suffixed =
  /^https:\/\/(?:management\.core\.windows\.net|graph\.microsoft\.com)\/?$/;

async function tokenFor(
  source: TokenSource | null | undefined,
): Promise<string | undefined> {
  const resource = source?.resource;
  if (resource === undefined) return undefined;
  // Loaded when it is first needed: few apps make such calls, and it is not small.
  const { DefaultAzureCredential } = await import("@azure/identity");
  const scope = suffixed.test(resource)
    ? `${resource.replace(/\/$/, "")}/.default`
    : resource;
  const { token } = await new DefaultAzureCredential().getToken(scope);
  return token;
}
