/** Looks into queues from outside, as a client of the app would. */
import {
  type ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import Long from "long";
import { eventually } from "../../../local-cloud/test/support/shared/eventually";

/** All messages that are in a queue, without locking or removing one. */
export async function peekAllMessages(
  receiver: ServiceBusReceiver,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const all: ServiceBusReceivedMessage[] = [];
  // Said every time: without it the client goes on where it stopped, also with another receiver.
  let from = Long.ZERO;
  for (;;) {
    const page = await receiver.peekMessages(250, { fromSequenceNumber: from });
    const last = page.at(-1)?.sequenceNumber;
    if (last === undefined) return all;
    all.push(...page);
    from = last.add(1);
  }
}

/** The messages of a queue once there are as many as wanted, or more. */
export const waitForMessages = (
  count: number,
  client: ServiceBusClient,
  queue: string,
  patienceMs = 60_000,
): Promise<readonly ServiceBusReceivedMessage[]> =>
  eventually(async () => {
    const receiver = client.createReceiver(queue);
    try {
      const found = await peekAllMessages(receiver);
      if (found.length >= count) return found;
      throw new Error(`${queue} has ${found.length} of ${count} messages.`);
    } finally {
      await receiver.close();
    }
  }, patienceMs);

/** Sends in batches. */
export async function sendInBatches(
  client: ServiceBusClient,
  queue: string,
  messages: readonly ServiceBusMessage[],
): Promise<void> {
  const sender = client.createSender(queue);
  for (let from = 0; from < messages.length; from += 100)
    await sender.sendMessages(messages.slice(from, from + 100));
  await sender.close();
}
