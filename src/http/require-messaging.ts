import { AosError } from "../domain/errors";
import type { Messaging } from "../messaging/ports";
import type { HttpDependencies } from "./http-dependencies";

/** Throws `messaging_not_configured` when the app runs without Service Bus. */
export function requireMessaging({
  messaging,
}: Pick<HttpDependencies, "messaging">): Messaging {
  const configured = messaging();
  if (configured !== undefined) return configured;
  throw new AosError(
    "messaging_not_configured",
    "Service Bus is not configured for this app. Set AZURE_SERVICEBUS_CONNECTION_STRING or AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace, then restart the app.",
  );
}
