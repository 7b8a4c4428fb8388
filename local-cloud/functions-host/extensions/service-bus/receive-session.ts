import type {
  ServiceBusReceivedMessage,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { InFlight } from "../../../shared/concurrency/in-flight";
import { receiveBatch } from "./receive-batch";
import { createLinkController } from "./settlement";
import type { ServiceBusSettings } from "./settings";

interface Holding {
  readonly settings: ServiceBusSettings;
  /** Aborted when the session is to be given back. */
  readonly signal: AbortSignal;
}

export interface SessionMessageOptions extends Holding {
  /** `link` is aborted when the session is lost. */
  readonly process: (
    message: ServiceBusReceivedMessage,
    link: AbortSignal,
  ) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Runs the messages of a session as they come. Resolves when the session has been idle for long enough, when it is lost,
 * or when it is to be given back, and all that ran has ended.
 */
export async function receiveSessionMessages(
  receiver: ServiceBusSessionReceiver,
  { settings, signal, process, onError }: SessionMessageOptions,
): Promise<void> {
  const calls = new InFlight();
  const over = new AbortController();
  const link = createLinkController();
  let running = 0;
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    idle = setTimeout(() => {
      over.abort();
    }, settings.sessionIdleTimeout);
  };
  rest();
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        clearTimeout(idle);
        running += 1;
        await calls.track(process(message, link.signal));
        running -= 1;
        if (running === 0) rest();
      },
      processError: ({ error }) => {
        onError(error);
        link.abort();
        over.abort();
        return Promise.resolve();
      },
    },
    {
      autoCompleteMessages: false,
      maxConcurrentCalls: settings.maxConcurrentCallsPerSession,
    },
  );
  await aborted(AbortSignal.any([signal, over.signal]));
  // What is lost is not taken leave of.
  if (!link.signal.aborted) await subscription.close();
  await calls.whenSettled();
  clearTimeout(idle);
}

const aborted = (signal: AbortSignal): Promise<void> =>
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

export interface SessionBatchOptions extends Holding {
  readonly process: (
    messages: readonly ServiceBusReceivedMessage[],
  ) => Promise<void>;
}

/** Runs one batch of a session after another. Resolves when it has been idle for long enough or is to be given back. */
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
