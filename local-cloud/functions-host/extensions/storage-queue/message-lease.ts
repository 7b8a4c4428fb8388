import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";

/** Keeps a message invisible to other clients. */
export interface MessageLease {
  end(): void;
  /** The receipt of the last renewal, required to settle the message. */
  popReceipt(): Promise<string>;
}

/** Renews the visibility timeout of a message until `end` is called; each renewal returns a new pop receipt. */
export function startLeaseRenewal(
  queue: QueueClient,
  message: DequeuedMessageItem,
  leaseSeconds: number,
): MessageLease {
  let receipt = Promise.resolve(message.popReceipt);
  const renew = async (current: string): Promise<string> => {
    try {
      const { popReceipt = current } = await queue.updateMessage(
        message.messageId,
        current,
        undefined,
        leaseSeconds,
      );
      return popReceipt;
    } catch {
      return current; // a lost lease is reported when the message is settled
    }
  };
  const timer = setInterval(
    () => {
      receipt = receipt.then(renew);
    },
    (leaseSeconds * 1000) / 3,
  );
  return {
    end: () => {
      clearInterval(timer);
    },
    popReceipt: () => receipt,
  };
}
