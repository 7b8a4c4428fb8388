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

/** The address with the host and scheme of a proxy, from its `x-forwarded-*` headers. */
export function applyForwardedHost(
  address: DurableApiAddress,
  host: string | undefined,
  proto: string | undefined,
): DurableApiAddress {
  if (host === undefined) return address;
  const { protocol, pathname } = new URL(address.baseUrl);
  const scheme = proto ?? protocol.slice(0, -1);
  return { ...address, baseUrl: `${scheme}://${host}${pathname}` };
}

/** The management URLs of one instance. `id` may be a placeholder. */
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
