import { DefaultAzureCredential } from "@azure/identity";
import type { ServiceBusConfig } from "../config/read-config";

/** How Service Bus is reached: by connection string, or with the identity that the app runs under. */
export function messagingOptions(config: ServiceBusConfig) {
  if ("connectionString" in config) return config;
  const { fullyQualifiedNamespace, clientId } = config;
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  return { fullyQualifiedNamespace, credential };
}
