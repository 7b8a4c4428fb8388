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
    .optional(),
  AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, {
      error: "must be a host name such as aos.servicebus.windows.net",
    })
    .optional(),
  AZURE_SERVICEBUS_CONNECTION_STRING__clientId: z.string().optional(),
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
