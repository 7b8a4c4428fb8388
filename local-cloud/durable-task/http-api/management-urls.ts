import type { WebhookRequest } from "../../functions-host/core/extension";

/** The parts of the URLs that clients receive. */
export interface DurableApiAddress {
  /** `http://host/runtime/webhooks/durabletask` */
  readonly baseUrl: string;
  /** Identifies the task hub and, when keys are enforced, contains the key. */
  readonly query: string;
  readonly hubName: string;
  /** `code=<system key>` when keys are enforced, otherwise empty. */
  readonly keyQuery: string;
}

/** The address under which the client has called the host. */
export const withOrigin = (
  address: DurableApiAddress,
  origin: string,
): DurableApiAddress => ({
  ...address,
  baseUrl: `${origin}${new URL(address.baseUrl).pathname}`,
});

/** The origin of a proxy, from its `x-forwarded-*` headers; undefined without them. */
export function forwardedOrigin({
  headers,
  url,
}: Pick<WebhookRequest, "headers" | "url">): string | undefined {
  const host = headers["x-forwarded-host"];
  const scheme = headers["x-forwarded-proto"] ?? url.protocol.slice(0, -1);
  return host === undefined ? undefined : `${scheme}://${host}`;
}

/** The management URLs of one instance. `id` may be a placeholder. */
export function managementUrls(
  { baseUrl, query }: DurableApiAddress,
  id: string,
) {
  const instance = `${baseUrl}/instances/${encodeInstanceId(id)}`;
  const withReason = (verb: string) =>
    `${instance}/${verb}?reason={text}&${query}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: withReason("terminate"),
    rewindPostUri: withReason("rewind"),
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: withReason("suspend"),
    resumePostUri: withReason("resume"),
  };
}

/** As in the .NET extension, which also reads `+` as a space. */
const encodeInstanceId = (id: string): string =>
  encodeURIComponent(id).replaceAll("%20", "+");
