import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import Long from "long";
import { parseQueuePath } from "../entities";
import type { DeadLetter, Messaging } from "../ports";
import { toDeadLetter } from "./to-dead-letter";

function createReceiver(client: ServiceBusClient, path: string) {
  const { queue, isSubQueue } = parseQueuePath(path);
  return client.createReceiver(queue, {
    receiveMode: "peekLock",
    // Keeps the bytes of the body, so that a replay can send them unchanged.
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: 0,
    ...(isSubQueue && { subQueueType: "deadLetter" }),
  });
}

export async function peekDeadLetters(
  client: ServiceBusClient,
  path: string,
  { from, limit }: { readonly from?: string; readonly limit: number },
): Promise<readonly DeadLetter[]> {
  const receiver = createReceiver(client, path);
  try {
    const messages = await receiver.peekMessages(limit, {
      fromSequenceNumber: Long.fromString(from ?? "0"),
    });
    return messages.map(toDeadLetter);
  } finally {
    await receiver.close();
  }
}

const lockBatchSize = 100;
const maxWaitMs = 2_000;

/**
 * Service Bus cannot lock a message by its sequence number: this locks all messages before it and then abandons them.
 * Each abandon counts as a delivery, which is why `agent-requests-deadletter` has a high `maxDeliveryCount`.
 */
export function processDeadLetter(
  client: ServiceBusClient,
  path: string,
  sequenceNumber: string,
  process: (message: DeadLetter) => Promise<void>,
): ReturnType<Messaging["processDeadLetter"]> {
  return serialize(path, async () => {
    const range = { from: sequenceNumber, limit: 1 };
    const [peeked] = await peekDeadLetters(client, path, range);
    if (peeked?.sequenceNumber !== sequenceNumber) return "absent";
    const receiver = createReceiver(client, path);
    const toAbandon: ServiceBusReceivedMessage[] = [];
    try {
      const message = await lockMessage(
        receiver,
        Long.fromString(sequenceNumber),
        toAbandon,
      );
      if (message === undefined) return "locked";
      try {
        await process(toDeadLetter(message));
        await receiver.completeMessage(message);
        return "processed";
      } catch (error) {
        toAbandon.push(message);
        throw error;
      }
    } finally {
      await Promise.allSettled(
        toAbandon.map((message) => receiver.abandonMessage(message)),
      );
      await receiver.close();
    }
  });
}

/** Adds every other message that it locks to `others`. */
async function lockMessage(
  receiver: ServiceBusReceiver,
  sequenceNumber: Long,
  others: ServiceBusReceivedMessage[],
): Promise<ServiceBusReceivedMessage | undefined> {
  for (;;) {
    const batch = await receiver.receiveMessages(lockBatchSize, {
      maxWaitTimeInMs: maxWaitMs,
    });
    const wanted = batch.find((message) =>
      message.sequenceNumber?.equals(sequenceNumber),
    );
    others.push(...batch.filter((message) => message !== wanted));
    if (wanted !== undefined) return wanted;
    const isPast = batch.some((message) =>
      message.sequenceNumber?.gt(sequenceNumber),
    );
    if (batch.length === 0 || isPast) return undefined;
  }
}

const lastOperations = new Map<string, Promise<unknown>>();

/** Runs one operation per queue at a time: concurrent searches would lock each other's messages. */
function serialize<Result>(
  path: string,
  operation: () => Promise<Result>,
): Promise<Result> {
  const previous = lastOperations.get(path) ?? Promise.resolve();
  const current = previous.then(operation, operation);
  lastOperations.set(path, current);
  return current;
}
