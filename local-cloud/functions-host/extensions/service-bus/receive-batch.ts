import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { ServiceBusSettings } from "./settings";

export interface ReceiveBatchOptions {
  readonly settings: Pick<
    ServiceBusSettings,
    "maxMessageBatchSize" | "minMessageBatchSize" | "maxBatchWaitTime"
  >;
  /** How long to wait for the first message. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/**
 * The next batch: what is there once something is, and more within `maxBatchWaitTime` when it is to be more. Empty when
 * nothing has come in time.
 */
export async function receiveBatch(
  receiver: Pick<ServiceBusReceiver, "receiveMessages">,
  { settings, waitMs, signal: abortSignal }: ReceiveBatchOptions,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const { maxMessageBatchSize, minMessageBatchSize, maxBatchWaitTime } =
    settings;
  const messages = await receiver.receiveMessages(maxMessageBatchSize, {
    maxWaitTimeInMs: waitMs,
    abortSignal,
  });
  const end = Date.now() + maxBatchWaitTime;
  while (messages.length > 0 && messages.length < minMessageBatchSize) {
    const leftMs = end - Date.now();
    if (leftMs <= 0) break;
    const more = await receiver.receiveMessages(
      maxMessageBatchSize - messages.length,
      { maxWaitTimeInMs: leftMs, abortSignal },
    );
    messages.push(...more);
  }
  return messages;
}
