/** Asks by message, and takes the answers out of their queue, as a client of the app would. */
import type { ServiceBusClient } from "@azure/service-bus";
import { pollUntil } from "../http/api-client";

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
  /** Takes the answer with that correlation id out of the queue. */
  async function answerTo(correlationId: string) {
    const receiver = client().createReceiver("agent-responses");
    try {
      return await pollUntil(
        async () => {
          const found = await receiver.receiveMessages(20, {
            maxWaitTimeInMs: 500,
          });
          const answer = found.find(
            (each) => each.correlationId === correlationId,
          );
          for (const each of found)
            await (each === answer
              ? receiver.completeMessage(each)
              : receiver.abandonMessage(each));
          return answer;
        },
        (answer) => answer !== undefined,
      );
    } finally {
      await receiver.close();
    }
  }
  return { send, answerTo };
}
