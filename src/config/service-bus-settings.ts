import { z } from "zod";
import type { SettingProblem } from "./setting-problem";

export type ServiceBusConfig =
  | { readonly connectionString: string }
  /** Accessed with the app's identity. `clientId` selects one of several. */
  | { readonly fullyQualifiedNamespace: string; readonly clientId?: string };

/** A connection string, or the namespace for access with the app's identity. Neither: no Service Bus. */
export const serviceBusSettings = {
  AZURE_SERVICEBUS_CONNECTION_STRING: z
    .string()
    .regex(/(^|;)\s*Endpoint=sb:\/\//i, {
      error: "must be a connection string that begins with Endpoint=sb://",
    })
    .optional()
    .describe(
      "Connection string of Service Bus. `UseDevelopmentEmulator=true` starts a local broker. Without a connection the app serves HTTP only.",
    ),
  AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, {
      error: "must be a host name such as aos.servicebus.windows.net",
    })
    .optional()
    .describe(
      "Host name of the Service Bus namespace, for access with the app's identity.",
    ),
  AZURE_SERVICEBUS_CONNECTION_STRING__clientId: z
    .string()
    .optional()
    .describe(
      "Client id of the identity for Service Bus, if the app has several.",
    ),
};

/** Undefined without Service Bus, or when a problem was added. */
export function resolveServiceBusConfig(
  settings: z.output<z.ZodObject<typeof serviceBusSettings>>,
  problems: SettingProblem[],
): ServiceBusConfig | undefined {
  const setting = "AZURE_SERVICEBUS_CONNECTION_STRING";
  const connectionString = settings[setting];
  const fullyQualifiedNamespace =
    settings[`${setting}__fullyQualifiedNamespace`];
  const clientId = settings[`${setting}__clientId`];
  if (connectionString !== undefined) {
    if (fullyQualifiedNamespace !== undefined)
      problems.push({
        setting,
        message: `conflicts with ${setting}__fullyQualifiedNamespace: set either the connection string or the namespace for the app's identity`,
      });
    return { connectionString };
  }
  if (fullyQualifiedNamespace === undefined) {
    if (clientId !== undefined)
      problems.push({
        setting: `${setting}__fullyQualifiedNamespace`,
        message: `is missing: ${setting}__clientId has no effect without it`,
      });
    return undefined;
  }
  return {
    fullyQualifiedNamespace,
    ...(clientId !== undefined && { clientId }),
  };
}
