/** Requests that come as messages. Without the setting of the connection none of this is registered. */
import type { ServiceBusQueueTriggerOptions } from "@azure/functions";
import { app } from "durable-functions";
import { requestQueue, sessionRequestQueue } from "../messaging/entities";
import {
  handleRequest,
  type MessageServices,
} from "./service-bus/handle-request";
import { receivedMessage } from "./service-bus/received-message";

/** The name of the setting, or the prefix of the settings, that say where Service Bus is. */
const connection = "AZURE_SERVICEBUS_CONNECTION_STRING";

/**
 * One message at a time for each call, completed by the host when the handler returns and abandoned when it throws
 * (`autoCompleteMessages` of host.json): a batch would not have its locks renewed, and one failure would abandon all of it.
 */
export function registerServiceBus(services: MessageServices): void {
  register("agentRequests", services, { connection, queueName: requestQueue });
  register("agentSessionRequests", services, {
    connection,
    queueName: sessionRequestQueue,
    isSessionsEnabled: true,
  });
}

const register = (
  name: string,
  services: MessageServices,
  options: ServiceBusQueueTriggerOptions,
): void => {
  app.client.serviceBusQueue(name, {
    ...options,
    handler: (body, client, context) =>
      handleRequest(
        receivedMessage(
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
