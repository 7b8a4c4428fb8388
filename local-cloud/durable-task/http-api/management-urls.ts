import type { ExtensionHost } from "../../functions-host/core/extension";
import type { DurableTaskSettings } from "../engine/settings";

/** What the URLs that a client is given are made of. */
export interface DurableApiAddress {
  /** `http://host/runtime/webhooks/durabletask` */
  readonly baseUrl: string;
  /** The query that identifies the hub and, when keys are enforced, the caller. */
  readonly query: string;
  readonly hubName: string;
  readonly keyQuery: string;
}

export const durableApiAddress = (
  { origin, webhookQuery }: Pick<ExtensionHost, "origin" | "webhookQuery">,
  { hubName }: DurableTaskSettings,
): DurableApiAddress => ({
  baseUrl: `${origin}/runtime/webhooks/durabletask`,
  query: [`taskHub=${hubName}`, "connection=Storage", webhookQuery]
    .filter((part) => part !== "")
    .join("&"),
  hubName,
  keyQuery: webhookQuery,
});

/** The addresses as a proxy is reached that has told where. */
export function applyForwardedHost(
  addresses: DurableApiAddress,
  host: string | undefined,
  proto: string | undefined,
): DurableApiAddress {
  if (host === undefined) return addresses;
  const { protocol, pathname } = new URL(addresses.baseUrl);
  const scheme = proto ?? protocol.slice(0, -1);
  return { ...addresses, baseUrl: `${scheme}://${host}${pathname}` };
}

/** The URLs that a caller manages one instance with; `id` may be a placeholder. */
export function managementUrls(
  { baseUrl, query }: DurableApiAddress,
  id: string,
) {
  const instance = `${baseUrl}/instances/${encodeURIComponent(id)}`;
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
export function durableClientBinding(
  to: DurableApiAddress,
  rpcBaseUrl: string,
): string {
  const start = `${to.baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: to.hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${start}?${to.keyQuery}`,
      createAndWaitOnNewInstancePostUri: `${start}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${to.keyQuery}`,
    },
    managementUrls: managementUrls(to, "INSTANCEID"),
    baseUrl: to.baseUrl,
    requiredQueryStringParameters: to.keyQuery,
    rpcBaseUrl,
    httpBaseUrl: null,
  });
}
