import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";

/** Locks that last longer than this are renewed this long before they end; shorter ones after half their time. */
const marginMs = 10_000;

/** Milliseconds from `now` until a lock should be renewed. */
export function renewalDelayMs(lockedUntil: number, now: number): number {
  const leftMs = Math.max(lockedUntil - now, 0);
  return leftMs > 2 * marginMs ? leftMs - marginMs : leftMs / 2;
}

/**
 * Keeps the lock of a message from ending for at most `maxMs`; gives back how to stop. Unlike the client's own renewal it
 * ends with the function also when the message is not settled, as the real host's does.
 */
export function startLockRenewal(
  message: ServiceBusReceivedMessage,
  receiver: Pick<ServiceBusReceiver, "renewMessageLock">,
  maxMs: number,
): () => void {
  const end = Date.now() + maxMs;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const plan = (lockedUntil: Date | undefined): void => {
    if (isStopped || lockedUntil === undefined) return;
    const delayMs = renewalDelayMs(lockedUntil.getTime(), Date.now());
    if (Date.now() + delayMs < end) timer = setTimeout(renew, delayMs);
  };
  const renew = (): void => {
    receiver.renewMessageLock(message).then(plan, () => {
      // The lock is lost, or the broker is away; settling the message tells which.
    });
  };
  plan(message.lockedUntilUtc);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
