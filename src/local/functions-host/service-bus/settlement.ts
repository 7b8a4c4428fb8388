import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { InvocationOutcome, LogLevel } from "../extension";
import { messageOf } from "../host-error";

type Settling = Pick<ServiceBusReceiver, "completeMessage" | "abandonMessage">;

export interface SettlementOptions {
  readonly receiver: Settling;
  /** Whether messages are completed when their function has succeeded. */
  readonly autoComplete: boolean;
  readonly log: (level: LogLevel, message: string) => void;
}

/**
 * Completes messages whose function has succeeded and abandons those whose function has failed, so that they are delivered
 * again at once; with auto-complete off success leaves them locked, as on Azure, where only .NET settles them itself.
 */
export async function settle(
  messages: readonly ServiceBusReceivedMessage[],
  { ok }: InvocationOutcome,
  options: SettlementOptions,
): Promise<void> {
  if (ok && !options.autoComplete) return;
  await Promise.all(
    messages.map(async (message) => {
      try {
        if (ok) await options.receiver.completeMessage(message);
        else await options.receiver.abandonMessage(message);
      } catch (error) {
        // The broker delivers it again when its lock has ended: a function may see a message more than once.
        options.log(
          "warning",
          `Message ${String(message.messageId)} was processed, but could not be ${ok ? "completed" : "abandoned"}, so it will be delivered again: ${messageOf(error)}`,
        );
      }
    }),
  );
}
