import type { TokenCredential } from "@azure/identity";
import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusSender,
} from "@azure/service-bus";
import { AosError } from "../../domain/errors";
import { omitUndefined } from "../../domain/omit-undefined";
import { memoize } from "../../domain/memoize";
import { peekDeadLetters, processDeadLetter } from "./dead-letter-receiver";
import { wrapMessagingErrors } from "./messaging-error";
import type { Messaging, OutgoingMessage } from "../ports";

export type MessagingOptions =
  | { readonly connectionString: string }
  | {
      readonly fullyQualifiedNamespace: string;
      readonly credential: TokenCredential;
    };

/**
 * Tried once: whoever sends has a retry policy of its own, or is a message that is delivered again. What was on its way
 * when a connection broke is given up after the time; the client is told nothing sooner.
 */
const clientOptions = {
  retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
};

/** Azure Service Bus. Nothing is opened before the first use; one connection, and one link for each entity, are kept. */
export function openServiceBus(options: MessagingOptions): Messaging {
  const isUsed = { client: false };
  const client = memoize(() => {
    isUsed.client = true;
    return newClient(options);
  });
  const senders = new Map<string, ServiceBusSender>();
  const senderOf = (entity: string): ServiceBusSender => {
    const sender = senders.get(entity) ?? client().createSender(entity);
    senders.set(entity, sender);
    return sender;
  };
  return {
    send: (message) =>
      wrapMessagingErrors(message.to, () =>
        senderOf(message.to).sendMessages(toServiceBus(message)),
      ),
    peekDeadLetters: (queue, range) =>
      wrapMessagingErrors(queue, () => peekDeadLetters(client(), queue, range)),
    processDeadLetter: (queue, sequenceNumber, work) =>
      wrapMessagingErrors(queue, () =>
        processDeadLetter(client(), queue, sequenceNumber, work),
      ),
    checkReceiving: (queue) =>
      wrapMessagingErrors(queue, async () => {
        await peekDeadLetters(client(), queue, { limit: 1 });
      }),
    checkSending: (to) =>
      wrapMessagingErrors(to, async () => {
        // Opens the link, which the broker allows only to who may send, and asks how large a message may be.
        await senderOf(to).createMessageBatch();
      }),
    close: async () => {
      if (isUsed.client) await client().close();
    },
  };
}

function newClient(options: MessagingOptions): ServiceBusClient {
  if (!("connectionString" in options))
    return new ServiceBusClient(
      options.fullyQualifiedNamespace,
      options.credential,
      clientOptions,
    );
  try {
    return new ServiceBusClient(options.connectionString, clientOptions);
  } catch (cause) {
    throw new AosError(
      "configuration_invalid",
      "AZURE_SERVICEBUS_CONNECTION_STRING is no connection string of Service Bus: it needs Endpoint, SharedAccessKeyName and SharedAccessKey.",
      { cause },
    );
  }
}

const toServiceBus = ({
  body,
  properties,
  messageId,
  ...rest
}: OutgoingMessage): ServiceBusMessage => ({
  messageId,
  contentType: rest.contentType ?? "application/json",
  ...omitUndefined({
    subject: rest.subject,
    correlationId: rest.correlationId,
    sessionId: rest.sessionId,
    replyTo: rest.replyTo,
    replyToSessionId: rest.replyToSessionId,
  }),
  // A string would be sent as JSON, in quotes; bytes are sent as they are.
  body:
    body instanceof Uint8Array
      ? Buffer.from(body)
      : Buffer.from(JSON.stringify(body)),
  applicationProperties: { ...properties },
});
