import type { InFlight } from "../../shared/concurrency/in-flight";
import { waitAtMost } from "../../shared/timeout/with-timeout";

/** Time for running functions to complete when the host stops. */
const limitMs = 3000;

/** Waits, within the time limit, until `pending` has settled and nothing is in flight any more. */
export const drain = (
  inFlight: InFlight,
  pending: Promise<unknown> = Promise.resolve(),
): Promise<void> =>
  waitAtMost(
    pending.catch(() => undefined).then(() => inFlight.whenIdle()),
    limitMs,
  );
