/**
 * Decides which process may start a claimed orchestration. A second start of an instance that has already ended would
 * restart it in the task hub, so two processes must never start the same orchestration.
 *
 * 1. The holder of a claim starts the instance within `startDeadlineMs` of taking the claim, or not at all.
 * 2. A claim can be taken over `takeOverAfterMs` after it was taken: by then its holder has started it or given up.
 * 3. Only one process takes a claim over (the store compares ETags), and only if the hub has no such instance.
 * 4. A claim that is `waiting` in a session queue has no holder: `session-queue.ts` decides which process takes it over.
 */
import type { Claim } from "../../storage/ports";

export const startDeadlineMs = 20_000;
export const takeOverAfterMs = 30_000;

export const mayStart = (takenAt: Date, now: Date): boolean =>
  now.getTime() - takenAt.getTime() <= startDeadlineMs;

/** Whether the holder of the claim must have died before it started the orchestration. */
export const isAbandoned = (
  claim: Pick<Claim, "claimedAt" | "waiting"> & {
    readonly summary: Pick<Claim["summary"], "status">;
  },
  now: Date,
): boolean =>
  claim.summary.status === "pending" &&
  claim.waiting !== true &&
  now.getTime() - Date.parse(claim.claimedAt) >= takeOverAfterMs;
