import { setMaxListeners } from "node:events";
import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import { errorMessage } from "../../../shared/error-message";
import { withTimeout } from "../../../shared/timeout/with-timeout";
import type { InvocationOutcome, LogLevel } from "../../core/extension";

export interface SettlementOptions {
  readonly receiver: Pick<
    ServiceBusReceiver,
    "completeMessage" | "abandonMessage"
  >;
  /** Whether messages are completed after their function has succeeded. */
  readonly autoComplete: boolean;
  /** Aborted when the link through which the messages arrived is lost. */
  readonly link: AbortSignal;
  readonly log: (level: LogLevel, message: string) => void;
}

/** Creates a controller to abort when the link is lost; each settlement in progress adds a listener to its signal. */
export function createLinkController(): AbortController {
  const link = new AbortController();
  setMaxListeners(0, link.signal);
  return link;
}

/** A broker that does not respond within this time is unreachable. The default timeout of the client is four minutes. */
const limitMs = 5000;

/**
 * Completes messages whose function has succeeded and abandons those whose function has failed, so that they are
 * redelivered immediately. Without auto-complete, success leaves them locked: as on Azure, only a .NET function could
 * settle them.
 */
export async function settleMessages(
  messages: readonly ServiceBusReceivedMessage[],
  { ok }: InvocationOutcome,
  options: SettlementOptions,
): Promise<void> {
  if (ok && !options.autoComplete) return;
  const { receiver, link, log } = options;
  await Promise.all(
    messages.map(async (message) => {
      try {
        await retryOnLostLink(link, () =>
          ok
            ? receiver.completeMessage(message)
            : receiver.abandonMessage(message),
        );
      } catch (error) {
        // The broker redelivers the message when its lock expires: a function may receive a message more than once.
        log(
          "warning",
          `Message ${String(message.messageId)} was processed, but could not be ${ok ? "completed" : "abandoned"}, so it will be delivered again: ${errorMessage(error)}`,
        );
      }
    }),
  );
}

/**
 * Settles once, and again when the link is lost before the response: that response never arrives, but the lock of the
 * message can outlive the link.
 */
async function retryOnLostLink(
  link: AbortSignal,
  settle: () => Promise<void>,
): Promise<void> {
  const attempt = async (): Promise<"settled"> => {
    await settle();
    return "settled";
  };
  if (!link.aborted && (await withTimeout(attempt(), limitMs, link))) return;
  await withTimeout(attempt(), limitMs);
}
