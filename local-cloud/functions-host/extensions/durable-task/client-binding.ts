import {
  type DurableApiAddress,
  managementUrls,
} from "../../../durable-task/http-api/management-urls";
import type { ExtensionHost } from "../../core/extension";

export const createDurableApiAddress = (
  { origin, webhookQuery }: Pick<ExtensionHost, "origin" | "webhookQuery">,
  hubName: string,
): DurableApiAddress => ({
  baseUrl: `${origin}/runtime/webhooks/durabletask`,
  query: [`taskHub=${hubName}`, "connection=Storage", webhookQuery]
    .filter((part) => part !== "")
    .join("&"),
  hubName,
  keyQuery: webhookQuery,
});

/** The value of a `durableClient` input binding, in the format of `durable-functions`. */
export function serializeDurableClient(
  address: DurableApiAddress,
  rpcBaseUrl: string,
): string {
  const { baseUrl, hubName, keyQuery } = address;
  const startUrl = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${startUrl}?${keyQuery}`,
      createAndWaitOnNewInstancePostUri: `${startUrl}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${keyQuery}`,
    },
    managementUrls: managementUrls(address, "INSTANCEID"),
    baseUrl,
    requiredQueryStringParameters: keyQuery,
    rpcBaseUrl,
    httpBaseUrl: null,
  });
}
