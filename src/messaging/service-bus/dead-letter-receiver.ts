/** Reading and removing dead letters with the client of Service Bus. */
import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import Long from "long";
import { toDeadLetter } from "./to-dead-letter";
import type { DeadLetter } from "../ports";

const suffix = "/$DeadLetterQueue";

function receiverOf(client: ServiceBusClient, path: string) {
  const isSubQueue = path.endsWith(suffix);
  const queue = isSubQueue ? path.slice(0, -suffix.length) : path;
  return client.createReceiver(queue, {
    receiveMode: "peekLock",
    // Bytes are left as they came, so that they can be sent again as they came.
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
  const receiver = receiverOf(client, path);
  try {
    const found = await receiver.peekMessages(limit, {
      fromSequenceNumber: Long.fromString(from ?? "0"),
    });
    return found.map(toDeadLetter);
  } finally {
    await receiver.close();
  }
}

/** Locked together while one message is looked for, and the time to wait for more of them. */
const batchSize = 100;
const patienceMs = 2_000;

/**
 * Service Bus gives no message by its number but by its turn: those before it are locked until it comes, and then
 * given back. That counts as a delivery of each, which is why the queue of what the app rejects allows many.
 */
export async function processDeadLetter(
  client: ServiceBusClient,
  path: string,
  sequenceNumber: string,
  work: (message: DeadLetter) => Promise<void>,
): Promise<"taken" | "absent" | "locked"> {
  return inTurn(path, async () => {
    const range = { from: sequenceNumber, limit: 1 };
    const [known] = await peekDeadLetters(client, path, range);
    if (known?.sequenceNumber !== sequenceNumber) return "absent";
    const receiver = receiverOf(client, path);
    const others: ServiceBusReceivedMessage[] = [];
    try {
      const found = await lock(
        receiver,
        Long.fromString(sequenceNumber),
        others,
      );
      if (found === undefined) return "locked";
      try {
        await work(toDeadLetter(found));
        await receiver.completeMessage(found);
        return "taken";
      } catch (error) {
        others.push(found);
        throw error;
      }
    } finally {
      await Promise.allSettled(
        others.map((each) => receiver.abandonMessage(each)),
      );
      await receiver.close();
    }
  });
}

async function lock(
  receiver: ServiceBusReceiver,
  wanted: Long,
  others: ServiceBusReceivedMessage[],
): Promise<ServiceBusReceivedMessage | undefined> {
  for (;;) {
    const batch = await receiver.receiveMessages(batchSize, {
      maxWaitTimeInMs: patienceMs,
    });
    const found = batch.find((each) => each.sequenceNumber?.equals(wanted));
    others.push(...batch.filter((each) => each !== found));
    if (found !== undefined) return found;
    const isPast = batch.some((each) => each.sequenceNumber?.gt(wanted));
    if (batch.length === 0 || isPast) return undefined;
  }
}

const turns = new Map<string, Promise<unknown>>();

/** One at a time for each queue: two searches at once would hide messages from each other. */
function inTurn<Result>(
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(work, work);
  turns.set(path, mine);
  return mine;
}
