import { setMaxListeners } from "node:events";
import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { InvocationOutcome, LogLevel } from "../../core/extension";
import { describeError } from "../../core/host-error";
import { withTimeout } from "../../../shared/timeout/with-timeout";

type Settling = Pick<ServiceBusReceiver, "completeMessage" | "abandonMessage">;

export interface SettlementOptions {
  readonly receiver: Settling;
  /** Whether messages are completed when their function has succeeded. */
  readonly autoComplete: boolean;
  /** Aborted when the link is lost by which the messages came. */
  readonly link: AbortSignal;
  readonly log: (level: LogLevel, message: string) => void;
}

/** To be aborted when the link is lost: each message that is being settled listens to it. */
export function createLinkController(): AbortController {
  const link = new AbortController();
  setMaxListeners(0, link.signal);
  return link;
}

/** A broker that has not answered by then will not. The client alone would wait for four minutes. */
const patienceMs = 5000;

/**
 * Completes messages whose function has succeeded and abandons those whose function has failed, so that they are delivered
 * again at once; with auto-complete off success leaves them locked, as on Azure, where only .NET settles them itself.
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
        await answered(link, () =>
          ok
            ? receiver.completeMessage(message)
            : receiver.abandonMessage(message),
        );
      } catch (error) {
        // The broker delivers it again when its lock has ended: a function may see a message more than once.
        log(
          "warning",
          `Message ${String(message.messageId)} was processed, but could not be ${ok ? "completed" : "abandoned"}, so it will be delivered again: ${describeError(error)}`,
        );
      }
    }),
  );
}

/**
 * Asks the broker once, and once more when the link is lost meanwhile: the answer to the first question will not come, but
 * the lock of a message can outlive its link.
 */
async function answered(
  link: AbortSignal,
  ask: () => Promise<void>,
): Promise<void> {
  const asked = async (): Promise<boolean> => {
    await ask();
    return true;
  };
  if (!link.aborted && (await withTimeout(asked(), patienceMs, link))) return;
  await withTimeout(asked(), patienceMs);
}
