import type { TokenCredential } from "@azure/identity";
import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusSender,
} from "@azure/service-bus";
import { AosError } from "../../domain/errors";
import { omitUndefined } from "../../domain/omit-undefined";
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
 * No retries: activities have a retry policy and the broker redelivers messages. The timeout also ends a request whose
 * connection was lost, which the client does not report earlier.
 */
const clientOptions = {
  retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
};

/** Connects on first use, then keeps one connection and one sender per entity. */
export function openServiceBus(options: MessagingOptions): Messaging {
  let opened: ServiceBusClient | undefined;
  const client = (): ServiceBusClient => (opened ??= createClient(options));
  const senders = new Map<string, ServiceBusSender>();
  const getSender = (entity: string): ServiceBusSender => {
    const sender = senders.get(entity) ?? client().createSender(entity);
    senders.set(entity, sender);
    return sender;
  };
  return {
    send: (message) =>
      wrapMessagingErrors(message.to, () =>
        getSender(message.to).sendMessages(toServiceBusMessage(message)),
      ),
    peekDeadLetters: (queue, range) =>
      wrapMessagingErrors(queue, () => peekDeadLetters(client(), queue, range)),
    processDeadLetter: (queue, sequenceNumber, process) =>
      wrapMessagingErrors(queue, () =>
        processDeadLetter(client(), queue, sequenceNumber, process),
      ),
    checkReceiving: (queue) =>
      wrapMessagingErrors(queue, async () => {
        await peekDeadLetters(client(), queue, { limit: 1 });
      }),
    checkSending: (to) =>
      wrapMessagingErrors(to, async () => {
        // Opens the sender link, which requires the Send right.
        await getSender(to).createMessageBatch();
      }),
    close: async () => {
      await opened?.close();
    },
  };
}

function createClient(options: MessagingOptions): ServiceBusClient {
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
      "AZURE_SERVICEBUS_CONNECTION_STRING is not a Service Bus connection string. Set one with Endpoint, SharedAccessKeyName and SharedAccessKey.",
      { cause },
    );
  }
}

const toServiceBusMessage = ({
  body,
  properties,
  messageId,
  ...rest
}: OutgoingMessage): ServiceBusMessage => ({
  messageId,
  ...omitUndefined({
    contentType:
      rest.contentType ??
      (body instanceof Uint8Array ? undefined : "application/json"),
    subject: rest.subject,
    correlationId: rest.correlationId,
    sessionId: rest.sessionId,
    replyTo: rest.replyTo,
    replyToSessionId: rest.replyToSessionId,
  }),
  // The client would serialize a string as JSON again.
  body:
    body instanceof Uint8Array
      ? Buffer.from(body)
      : Buffer.from(JSON.stringify(body)),
  applicationProperties: { ...properties },
});
