import type { ServiceBusQueueTriggerOptions } from "@azure/functions";
import { app } from "durable-functions";
import { requestQueue, sessionRequestQueue } from "../entities";
import {
  handleRequestMessage,
  type MessageDependencies,
} from "./handle-request-message";
import { keepMetadataText } from "./keep-metadata-text";
import { toReceivedMessage } from "./received-message";

/** The setting, or the prefix of the settings, from which the host reads the connection. */
const connection = "AZURE_SERVICEBUS_CONNECTION_STRING";

/** For a body in text, the host puts the fields of the body over the metadata of the message. */
const bodyAsBytes = { dataType: "binary" };

const triggers: Readonly<Record<string, ServiceBusQueueTriggerOptions>> = {
  agentRequests: { connection, queueName: requestQueue },
  agentSessionRequests: {
    connection,
    queueName: sessionRequestQueue,
    isSessionsEnabled: true,
  },
};

/**
 * The host completes a message when the handler returns and abandons it when the handler throws (`autoCompleteMessages`
 * in host.json). No batches: the host does not renew their locks, and one failure would abandon the entire batch.
 */
export function registerServiceBusTriggers(
  dependencies: MessageDependencies,
): void {
  for (const [name, options] of Object.entries(triggers))
    registerTrigger(name, dependencies, options);
  keepMetadataText(new Set(Object.keys(triggers)));
}

const registerTrigger = (
  name: string,
  dependencies: MessageDependencies,
  options: ServiceBusQueueTriggerOptions,
): void => {
  app.client.serviceBusQueue(name, {
    ...options,
    ...bodyAsBytes,
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
