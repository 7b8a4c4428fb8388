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
  /** Maximum wait for the first message. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits up to `waitMs` for the first messages, then up to `maxBatchWaitTime` until the batch has the minimum size.
 * Returns an empty batch when no message arrives within `waitMs`.
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
  const deadline = Date.now() + maxBatchWaitTime;
  while (messages.length > 0 && messages.length < minMessageBatchSize) {
    const remainingMs = deadline - Date.now();
    if (remainingMs <= 0) break;
    const more = await receiver.receiveMessages(
      maxMessageBatchSize - messages.length,
      { maxWaitTimeInMs: remainingMs, abortSignal },
    );
    messages.push(...more);
  }
  return messages;
}
