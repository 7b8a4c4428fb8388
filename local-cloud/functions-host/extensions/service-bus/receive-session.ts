import type {
  ServiceBusReceivedMessage,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { receiveBatch } from "./receive-batch";
import type { ServiceBusSettings } from "./settings";
import { createLinkController } from "./settlement";

interface SessionOptions {
  readonly settings: ServiceBusSettings;
  /** Aborted when the session must be released. */
  readonly signal: AbortSignal;
}

export interface SessionMessageOptions extends SessionOptions {
  /** `link` is aborted when the session is lost. */
  readonly process: (
    message: ServiceBusReceivedMessage,
    link: AbortSignal,
  ) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Processes the messages of a session as they arrive. Resolves after the session has been idle for `sessionIdleTimeout`,
 * is lost or must be released, and all running calls have completed.
 */
export async function receiveSessionMessages(
  receiver: ServiceBusSessionReceiver,
  { settings, signal, process, onError }: SessionMessageOptions,
): Promise<void> {
  const calls = new InFlight();
  const ended = new AbortController();
  const link = createLinkController();
  let running = 0;
  let idleTimer: NodeJS.Timeout | undefined;
  const startIdleTimer = (): void => {
    idleTimer = setTimeout(() => {
      ended.abort();
    }, settings.sessionIdleTimeout);
  };
  startIdleTimer();
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        clearTimeout(idleTimer);
        running += 1;
        await calls.track(process(message, link.signal));
        running -= 1;
        if (running === 0) startIdleTimer();
      },
      processError: ({ error }) => {
        onError(error);
        link.abort();
        ended.abort();
        return Promise.resolve();
      },
    },
    {
      autoCompleteMessages: false,
      maxConcurrentCalls: settings.maxConcurrentCallsPerSession,
    },
  );
  await whenAborted(AbortSignal.any([signal, ended.signal]));
  // Closing a lost link would wait for a response that never arrives.
  if (!link.signal.aborted) await subscription.close();
  await calls.whenSettled();
  clearTimeout(idleTimer);
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener(
      "abort",
      () => {
        resolve();
      },
      { once: true },
    );
  });

export interface SessionBatchOptions extends SessionOptions {
  readonly process: (
    messages: readonly ServiceBusReceivedMessage[],
  ) => Promise<void>;
}

/** Processes the batches of a session sequentially. Resolves when it has been idle or must be released. */
export async function receiveSessionBatches(
  receiver: ServiceBusSessionReceiver,
  { settings, signal, process }: SessionBatchOptions,
): Promise<void> {
  const waitMs = settings.sessionIdleTimeout;
  while (!signal.aborted) {
    const batch = await receiveBatch(receiver, { settings, waitMs, signal });
    if (batch.length === 0) return;
    await process(batch);
  }
}
