import type { ServiceBusQueueTriggerOptions } from "@azure/functions";
import { app } from "durable-functions";
import { requestQueue, sessionRequestQueue } from "../entities";
import {
  handleRequestMessage,
  type MessageDependencies,
} from "./handle-request-message";
import { toReceivedMessage } from "./received-message";

/** The setting, or the prefix of the settings, from which the host reads the connection. */
const connection = "AZURE_SERVICEBUS_CONNECTION_STRING";

/**
 * The host completes a message when the handler returns and abandons it when the handler throws (`autoCompleteMessages`
 * in host.json). No batches: the host does not renew their locks, and one failure would abandon the entire batch.
 */
export function registerServiceBusTriggers(
  dependencies: MessageDependencies,
): void {
  registerTrigger("agentRequests", dependencies, {
    connection,
    queueName: requestQueue,
  });
  registerTrigger("agentSessionRequests", dependencies, {
    connection,
    queueName: sessionRequestQueue,
    isSessionsEnabled: true,
  });
}

const registerTrigger = (
  name: string,
  dependencies: MessageDependencies,
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
        dependencies,
        client,
        context,
      ),
  });
};
