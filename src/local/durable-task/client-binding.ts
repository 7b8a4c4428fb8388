import type { ExtensionHost } from "../functions-host/extension";
import type { Settings } from "./settings";

/** What the URLs that a client is given are made of. */
export interface Addresses {
  /** `http://host/runtime/webhooks/durabletask` */
  readonly base: string;
  /** The query that identifies the hub and, when keys are enforced, the caller. */
  readonly query: string;
  readonly hubName: string;
  readonly code: string;
}

export const addresses = (
  { origin, webhookQuery }: Pick<ExtensionHost, "origin" | "webhookQuery">,
  { hubName }: Settings,
): Addresses => ({
  base: `${origin}/runtime/webhooks/durabletask`,
  query: [`taskHub=${hubName}`, "connection=Storage", webhookQuery]
    .filter((part) => part !== "")
    .join("&"),
  hubName,
  code: webhookQuery,
});

/** The addresses as a proxy is reached that has told where. */
export function forwarded(
  addresses: Addresses,
  host: string | undefined,
  proto: string | undefined,
): Addresses {
  if (host === undefined) return addresses;
  const { protocol, pathname } = new URL(addresses.base);
  const scheme = proto ?? protocol.slice(0, -1);
  return { ...addresses, base: `${scheme}://${host}${pathname}` };
}

/** The URLs that a caller manages one instance with; `id` may be a placeholder. */
export function managementUrls({ base, query }: Addresses, id: string) {
  const instance = `${base}/instances/${encodeURIComponent(id)}`;
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

/** The value of a `durableClient` input binding, as `durable-functions` reads it. */
export function clientBinding(to: Addresses, rpcBaseUrl: string): string {
  const start = `${to.base}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: to.hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${start}?${to.code}`,
      createAndWaitOnNewInstancePostUri: `${start}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${to.code}`,
    },
    managementUrls: managementUrls(to, "INSTANCEID"),
    baseUrl: to.base,
    requiredQueryStringParameters: to.code,
    rpcBaseUrl,
    httpBaseUrl: null,
  });
}
