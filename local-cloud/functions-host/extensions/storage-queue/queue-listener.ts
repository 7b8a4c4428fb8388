import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import { setTimeout as wait } from "node:timers/promises";
import { errorMessage } from "../../../shared/error-message";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { drain } from "../../core/drain";
import type { InvocationOutcome, LogLevel } from "../../core/extension";
import { startLeaseRenewal } from "./message-lease";
import { decodeQueueMessage } from "./message-text";
import {
  isLeaseLost,
  isQueueNotFound,
  sendCreatingQueue,
} from "./queue-clients";
import type { StorageQueueSettings } from "./settings";

export interface QueueListenerOptions {
  readonly queue: QueueClient;
  /** Receives messages whose function failed `maxDequeueCount` times. */
  readonly poisonQueue: QueueClient;
  readonly settings: StorageQueueSettings;
  /** Visibility timeout of a message while its function runs; whole seconds, at least 1. */
  readonly leaseSeconds: number;
  readonly invoke: (
    message: DequeuedMessageItem,
    body: Buffer,
  ) => Promise<InvocationOutcome>;
  readonly log: (level: LogLevel, message: string) => void;
}

const shortestPollMs = 100;

/**
 * Runs a function for each message of one queue.
 *
 * Q1. A message is deleted only after its function has succeeded, or after its copy is in the poison queue. If the
 *     process ends earlier, the message becomes visible again when its lease expires.
 * Q2. The lease of a message is renewed while its function runs.
 * Q3. At most `batchSize + newBatchThreshold` messages are processed concurrently.
 */
export class QueueListener {
  readonly #options: QueueListenerOptions;
  readonly #inFlight = new InFlight();
  readonly #stopping = new AbortController();
  #running = 0;
  #onCapacity: () => void = () => undefined;
  #listening: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(options: QueueListenerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#listening = this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#onCapacity();
    await this.#listening;
    await drain(this.#inFlight);
  }

  async #listen(): Promise<void> {
    const { batchSize, newBatchThreshold, maxPollingInterval } =
      this.#options.settings;
    let pauseMs = shortestPollMs;
    while (!this.#isStopping()) {
      const messages = await this.#receive(batchSize);
      for (const message of messages)
        void this.#inFlight.track(this.#process(message));
      if (messages.length > 0) pauseMs = shortestPollMs;
      else {
        await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, maxPollingInterval);
      }
      while (this.#running > newBatchThreshold && !this.#isStopping())
        await new Promise<void>((resolve) => {
          this.#onCapacity = resolve;
        });
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    await wait(ms, undefined, { signal }).catch(() => undefined); // rejects when the host stops
  }

  /** Returns no messages when the queue is not reachable, which is logged once until it is reachable again. */
  async #receive(
    numberOfMessages: number,
  ): Promise<readonly DequeuedMessageItem[]> {
    const { queue, leaseSeconds, log } = this.#options;
    try {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages,
        visibilityTimeout: leaseSeconds,
      });
      if (this.#isFailing)
        log("information", `Queue ${queue.name} can be read again.`);
      this.#isFailing = false;
      return receivedMessageItems;
    } catch (error) {
      // Not a failure: the first sender creates the queue.
      if (isQueueNotFound(error)) return [];
      if (!this.#isFailing)
        log(
          "warning",
          `Queue ${queue.name} cannot be read and will be retried: ${errorMessage(error)}`,
        );
      this.#isFailing = true;
      return [];
    }
  }

  async #process(message: DequeuedMessageItem): Promise<void> {
    this.#running += 1;
    try {
      await this.#invokeAndSettle(message);
    } catch (error) {
      const { queue, log } = this.#options;
      const problem = isLeaseLost(error)
        ? "lost its lease, so it will be processed again"
        : `could not be settled and will be delivered again: ${errorMessage(error)}`;
      log(
        "warning",
        `Message ${message.messageId} of ${queue.name} ${problem}.`,
      );
    } finally {
      this.#running -= 1;
      this.#onCapacity();
    }
  }

  async #invokeAndSettle(message: DequeuedMessageItem): Promise<void> {
    const { queue, settings, leaseSeconds, invoke } = this.#options;
    const { messageId, popReceipt, dequeueCount } = message;
    const body = decodeQueueMessage(
      message.messageText,
      settings.messageEncoding,
    );
    if (body === undefined)
      return this.#moveToPoison(message, popReceipt, "it is not in base64");
    // The process ended during each of the earlier deliveries, before it could settle the message.
    if (dequeueCount > settings.maxDequeueCount)
      return this.#moveToPoison(
        message,
        popReceipt,
        "it was delivered too often",
      );
    const lease = startLeaseRenewal(queue, message, leaseSeconds);
    const outcome = await invoke(message, body).finally(() => {
      lease.end();
    });
    const receipt = await lease.popReceipt();
    if (outcome.ok) await queue.deleteMessage(messageId, receipt);
    else if (dequeueCount >= settings.maxDequeueCount)
      await this.#moveToPoison(
        message,
        receipt,
        "its function failed each time",
      );
    else
      await queue.updateMessage(
        messageId,
        receipt,
        undefined,
        Math.ceil(settings.visibilityTimeout / 1000),
      );
  }

  /** Sends the copy first: a crash between the two steps duplicates the message instead of losing it. */
  async #moveToPoison(
    message: DequeuedMessageItem,
    popReceipt: string,
    reason: string,
  ): Promise<void> {
    const { queue, poisonQueue, log } = this.#options;
    await sendCreatingQueue(poisonQueue, message.messageText);
    await queue.deleteMessage(message.messageId, popReceipt);
    log(
      "warning",
      `Message ${message.messageId} of ${queue.name} was moved to ${poisonQueue.name}: ${reason}.`,
    );
  }
}
