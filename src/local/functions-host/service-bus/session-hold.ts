import type {
  ServiceBusReceivedMessage,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { UnderWay } from "../../scheduling/under-way";
import { gathered } from "./gathered";
import type { ServiceBusSettings } from "./settings";

interface Holding {
  readonly settings: ServiceBusSettings;
  /** Aborted when the session is to be given back. */
  readonly signal: AbortSignal;
}

export interface MessageHolding extends Holding {
  readonly process: (message: ServiceBusReceivedMessage) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Runs the messages of a session as they come. Resolves when the session has been idle for long enough, when it is lost,
 * or when it is to be given back, and all that ran has ended.
 */
export async function holdForMessages(
  receiver: ServiceBusSessionReceiver,
  { settings, signal, process, onError }: MessageHolding,
): Promise<void> {
  const calls = new UnderWay();
  const over = new AbortController();
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
        await calls.track(process(message));
        running -= 1;
        if (running === 0) rest();
      },
      processError: ({ error }) => {
        onError(error);
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
  await subscription.close();
  await calls.ended();
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

export interface BatchHolding extends Holding {
  readonly process: (
    messages: readonly ServiceBusReceivedMessage[],
  ) => Promise<void>;
}

/** Runs one batch of a session after another. Resolves when it has been idle for long enough or is to be given back. */
export async function holdForBatches(
  receiver: ServiceBusSessionReceiver,
  { settings, signal, process }: BatchHolding,
): Promise<void> {
  const waitMs = settings.sessionIdleTimeout;
  while (!signal.aborted) {
    const batch = await gathered(receiver, { settings, waitMs, signal });
    if (batch.length === 0) return;
    await process(batch);
  }
}
