import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import Long from "long";
import { eventually } from "../../../local-cloud/test/support/shared/eventually";

/** Returns all messages of a queue without locking or removing them. */
export async function peekAllMessages(
  receiver: ServiceBusReceiver,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const all: ServiceBusReceivedMessage[] = [];
  // Passed in every call: by default the client continues after its last peek, also with another receiver.
  let next = Long.ZERO;
  for (;;) {
    const page = await receiver.peekMessages(250, { fromSequenceNumber: next });
    const last = page.at(-1)?.sequenceNumber;
    if (last === undefined) return all;
    all.push(...page);
    next = last.add(1);
  }
}

/** Waits until a queue has at least `count` messages and returns all of them without removing them. */
export const waitForMessages = (
  count: number,
  client: ServiceBusClient,
  queue: string,
  timeoutMs = 60_000,
): Promise<readonly ServiceBusReceivedMessage[]> =>
  eventually(async () => {
    const receiver = client.createReceiver(queue);
    try {
      const messages = await peekAllMessages(receiver);
      if (messages.length >= count) return messages;
      throw new Error(`${queue} has ${messages.length} of ${count} messages.`);
    } finally {
      await receiver.close();
    }
  }, timeoutMs);

const batchSize = 100;

export async function sendInBatches(
  client: ServiceBusClient,
  queue: string,
  messages: readonly ServiceBusMessage[],
): Promise<void> {
  const sender = client.createSender(queue);
  for (let from = 0; from < messages.length; from += batchSize)
    await sender.sendMessages(messages.slice(from, from + batchSize));
  await sender.close();
}
