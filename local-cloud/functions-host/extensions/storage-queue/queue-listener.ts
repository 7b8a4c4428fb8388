import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import { setTimeout as wait } from "node:timers/promises";
import { InFlight } from "../../../shared/concurrency/in-flight";
import type { InvocationOutcome, LogLevel } from "../../core/extension";
import { drain } from "../../core/drain";
import { describeError } from "../../core/host-error";
import { decodeQueueMessage } from "./message-text";
import {
  isQueueNotFound,
  isLeaseLost,
  sendCreatingQueue,
} from "./queue-clients";
import type { StorageQueueSettings } from "./settings";

export interface QueueListenerOptions {
  readonly queue: QueueClient;
  /** Where messages go that failed too often. */
  readonly poisonQueue: QueueClient;
  readonly settings: StorageQueueSettings;
  /** For how long a message is hidden at a time while its function runs; whole seconds, at least 1. */
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
 *     process dies before, it is seen again when its lease has ended.
 * Q2. The lease of a message is renewed for as long as its function runs.
 * Q3. At most `batchSize + newBatchThreshold` messages run at once.
 */
export class QueueListener {
  readonly #options: QueueListenerOptions;
  readonly #underWay = new InFlight();
  readonly #stopping = new AbortController();
  #running = 0;
  #hasRoom: () => void = () => undefined;
  #listening: Promise<void> = Promise.resolve();

  constructor(options: QueueListenerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#listening = this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#hasRoom();
    await this.#listening;
    await drain(this.#underWay);
  }

  async #listen(): Promise<void> {
    const { batchSize, newBatchThreshold, maxPollingInterval } =
      this.#options.settings;
    let pauseMs = shortestPollMs;
    while (!this.#isStopping()) {
      const messages = await this.#receive(batchSize);
      for (const message of messages)
        void this.#underWay.track(this.#process(message));
      if (messages.length > 0) pauseMs = shortestPollMs;
      else {
        await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, maxPollingInterval);
      }
      while (this.#running > newBatchThreshold && !this.#isStopping())
        await new Promise<void>((resolve) => {
          this.#hasRoom = resolve;
        });
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    await wait(ms, undefined, { signal }).catch(() => undefined); // it ends early when the host stops
  }

  #isFailing = false;

  /** What is there to receive; nothing when the queue cannot be reached, which is told of once. */
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
      // A queue that is made later, by whoever sends to it first, is no failure.
      if (isQueueNotFound(error)) return [];
      if (!this.#isFailing)
        log(
          "warning",
          `Queue ${queue.name} cannot be read; it is tried again and again: ${describeError(error)}`,
        );
      this.#isFailing = true;
      return [];
    }
  }

  async #process(message: DequeuedMessageItem): Promise<void> {
    this.#running += 1;
    try {
      await this.#settle(message);
    } catch (error) {
      const { queue, log } = this.#options;
      const what = isLeaseLost(error)
        ? "was taken back meanwhile, so it will be processed again"
        : `could not be settled and will be seen again: ${describeError(error)}`;
      log("warning", `Message ${message.messageId} of ${queue.name} ${what}.`);
    } finally {
      this.#running -= 1;
      this.#hasRoom();
    }
  }

  async #settle(message: DequeuedMessageItem): Promise<void> {
    const { queue, settings, invoke } = this.#options;
    const body = decodeQueueMessage(
      message.messageText,
      settings.messageEncoding,
    );
    if (body === undefined)
      return this.#poison(message, message.popReceipt, "it is not in base64");
    // Its earlier runs did not live to tell how they went.
    if (message.dequeueCount > settings.maxDequeueCount)
      return this.#poison(
        message,
        message.popReceipt,
        "it was taken too often",
      );
    const lease = this.#renewing(message);
    const outcome = await invoke(message, body).finally(lease.end);
    const popReceipt = await lease.popReceipt();
    if (outcome.ok) await queue.deleteMessage(message.messageId, popReceipt);
    else if (message.dequeueCount >= settings.maxDequeueCount)
      await this.#poison(message, popReceipt, "its function failed each time");
    else
      await queue.updateMessage(
        message.messageId,
        popReceipt,
        undefined,
        Math.ceil(settings.visibilityTimeout / 1000),
      );
  }

  /** Renews the lease of a message until told to end; each renewal changes the receipt that settles it. */
  #renewing(message: DequeuedMessageItem): {
    readonly end: () => void;
    readonly popReceipt: () => Promise<string>;
  } {
    const { queue, leaseSeconds } = this.#options;
    let receipt = Promise.resolve(message.popReceipt);
    const renewed = async (current: string): Promise<string> => {
      try {
        const { popReceipt = current } = await queue.updateMessage(
          message.messageId,
          current,
          undefined,
          leaseSeconds,
        );
        return popReceipt;
      } catch {
        return current; // if it is lost for good, settling says so
      }
    };
    const timer = setInterval(
      () => {
        receipt = receipt.then(renewed);
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

  /** The copy goes first: a crash between the two leaves the message twice rather than nowhere. */
  async #poison(
    message: DequeuedMessageItem,
    popReceipt: string,
    why: string,
  ): Promise<void> {
    const { queue, poisonQueue, log } = this.#options;
    await sendCreatingQueue(poisonQueue, message.messageText);
    await queue.deleteMessage(message.messageId, popReceipt);
    log(
      "warning",
      `Message ${message.messageId} of ${queue.name} was moved to ${poisonQueue.name}: ${why}.`,
    );
  }
}
