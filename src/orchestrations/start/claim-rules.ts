/**
 * Decides which process may start a claimed orchestration. Two processes must never start the same orchestration: if the
 * first run has already ended, the task hub would run it a second time.
 *
 * 1. The holder of a claim starts the orchestration within `startDeadlineMs` of taking the claim, or not at all.
 * 2. Another process can take over a claim after `takeOverAfterMs`: by then, rule 1 no longer allows the holder to start.
 * 3. Only one process takes over a claim (the store compares ETags), and only if the task hub has no instance with its id.
 * 4. A claim that is `waiting` in a session queue has no holder: `session-queue.ts` decides which process takes it over.
 */
import type { Claim } from "../../storage/ports";

export const startDeadlineMs = 20_000;
export const takeOverAfterMs = 30_000;

export const mayStart = (takenAt: Date, now: Date): boolean =>
  now.getTime() - takenAt.getTime() <= startDeadlineMs;

/** Returns true if the holder of the claim did not start the orchestration in time, so that it can be taken over. */
export const isAbandoned = (
  claim: Pick<Claim, "claimedAt" | "waiting"> & {
    readonly summary: Pick<Claim["summary"], "status">;
  },
  now: Date,
): boolean =>
  claim.summary.status === "pending" &&
  claim.waiting !== true &&
  now.getTime() - Date.parse(claim.claimedAt) >= takeOverAfterMs;
