/**
 * Who may start a claimed orchestration. The hub restarts an instance that has already ended when it is asked to start
 * it again, so a late starter must never overtake a quicker one. What holds:
 *
 * 1. Whoever holds a claim calls the hub within `giveUpMs` of taking it, or not at all.
 * 2. A claim is taken over only `takeOverMs` after it was last taken, by which time its holder has started or given up.
 * 3. Only one caller takes a claim over (the store compares ETags), and only when the hub knows no such instance.
 * 4. A claim that waits for its turn in a session is held by nobody: `session-turns.ts` says who takes it, and when.
 */
import type { Claim } from "../../storage/ports";

export const startDeadlineMs = 20_000;
export const takeOverAfterMs = 30_000;

type Taken = Pick<Claim, "claimedAt">;

export const mayStart = (claim: Taken, now: Date): boolean =>
  now.getTime() - Date.parse(claim.claimedAt) <= startDeadlineMs;

/** Whether the claim is so old that its holder, had it lived, would have started the orchestration. */
export const isAbandoned = (
  claim: Taken & Pick<Claim, "summary" | "waiting">,
  now: Date,
): boolean =>
  claim.summary.status === "pending" &&
  claim.waiting !== true &&
  now.getTime() - Date.parse(claim.claimedAt) >= takeOverAfterMs;
