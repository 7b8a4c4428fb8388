import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
} from "@azure/service-bus";
import { pollUntil } from "../http/api-client";

/** Sends request messages and receives their responses. */
export function createRequester(client: () => ServiceBusClient) {
  const send = async (
    body: unknown,
    fields: Readonly<Record<string, unknown>> = {},
    queue = "agent-requests",
  ): Promise<void> => {
    const sender = client().createSender(queue);
    await sender.sendMessages({ body, ...fields });
    await sender.close();
  };
  /** Completes the response with the correlation id and abandons all others. */
  async function receiveResponse(
    correlationId: string,
  ): Promise<ServiceBusReceivedMessage | undefined> {
    const receiver = client().createReceiver("agent-responses");
    try {
      return await pollUntil(
        async () => {
          const messages = await receiver.receiveMessages(20, {
            maxWaitTimeInMs: 500,
          });
          const response = messages.find(
            (message) => message.correlationId === correlationId,
          );
          for (const message of messages)
            await (message === response
              ? receiver.completeMessage(message)
              : receiver.abandonMessage(message));
          return response;
        },
        (response) => response !== undefined,
      );
    } finally {
      await receiver.close();
    }
  }
  return { send, receiveResponse };
}
