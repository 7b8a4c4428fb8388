import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";

/** Time between the renewal and the expiry of a lock. A lock of less than twice this time is renewed after half of its duration. */
const marginMs = 10_000;

/** Milliseconds from `now` until a lock should be renewed. */
export function renewalDelayMs(lockedUntil: number, now: number): number {
  const remainingMs = Math.max(lockedUntil - now, 0);
  return remainingMs > 2 * marginMs ? remainingMs - marginMs : remainingMs / 2;
}

/**
 * Renews the lock of a message for at most `maxMs`; returns a function that stops the renewal. The client's renewal is
 * not used, because it continues when the function leaves the message unsettled. As on Azure, this one ends with the function.
 */
export function startLockRenewal(
  message: ServiceBusReceivedMessage,
  receiver: Pick<ServiceBusReceiver, "renewMessageLock">,
  maxMs: number,
): () => void {
  const deadline = Date.now() + maxMs;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const scheduleRenewal = (lockedUntil: Date | undefined): void => {
    if (isStopped || lockedUntil === undefined) return;
    const delayMs = renewalDelayMs(lockedUntil.getTime(), Date.now());
    if (Date.now() + delayMs < deadline) timer = setTimeout(renew, delayMs);
  };
  const renew = (): void => {
    receiver.renewMessageLock(message).then(scheduleRenewal, () => {
      // The lock is lost or the broker is unreachable; the settlement reports which.
    });
  };
  scheduleRenewal(message.lockedUntilUtc);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
