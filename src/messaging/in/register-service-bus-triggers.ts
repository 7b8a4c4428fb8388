/** Requests that come as messages. Without the setting of the connection none of this is registered. */
import type { ServiceBusQueueTriggerOptions } from "@azure/functions";
import { app } from "durable-functions";
import { requestQueue, sessionRequestQueue } from "../entities";
import {
  handleRequestMessage,
  type MessageDependencies,
} from "./handle-request-message";
import { toReceivedMessage } from "./received-message";

/** The name of the setting, or the prefix of the settings, that say where Service Bus is. */
const connection = "AZURE_SERVICEBUS_CONNECTION_STRING";

/**
 * One message at a time for each call, completed by the host when the handler returns and abandoned when it throws
 * (`autoCompleteMessages` of host.json): a batch would not have its locks renewed, and one failure would abandon all of it.
 */
export function registerServiceBusTriggers(
  services: MessageDependencies,
): void {
  register("agentRequests", services, { connection, queueName: requestQueue });
  register("agentSessionRequests", services, {
    connection,
    queueName: sessionRequestQueue,
    isSessionsEnabled: true,
  });
}

const register = (
  name: string,
  services: MessageDependencies,
  options: ServiceBusQueueTriggerOptions,
): void => {
  app.client.serviceBusQueue(name, {
    ...options,
    handler: (body, client, context) =>
      handleRequestMessage(
        toReceivedMessage(
          options.queueName,
          body,
          context.triggerMetadata,
          context.traceContext?.traceParent,
        ),
        services,
        client,
        context,
      ),
  });
};
