/**
 * Runs the orchestrations of a session one at a time, in queue order (docs/adr/0006-session-turns.md).
 *
 * 1. An orchestration of a session is claimed as `waiting`, and enqueued before its request is answered.
 * 2. Only the head of the queue is started, by the process that takes over its claim while it is `waiting`. The store
 *    compares ETags, so only one process succeeds, and the claim is never `waiting` again.
 * 3. An orchestration leaves the queue only after it has ended. A process that finds an ended orchestration at the head
 *    removes it. This covers one that a late duplicate request enqueues again after its end.
 * 4. Every process that enqueues or removes an entry then reads the head, so one of two concurrent processes sees a new
 *    head. If that one dies, the sweeper repairs the session.
 */
import { isTerminalStatus } from "../domain/history/terminal-status";
import type { Claim, QueuedOrchestration } from "../storage/ports";
import { startClaimedInstance } from "./start/start-claimed-instance";
import { takeOverClaim } from "./start/take-over-claim";
import { loadWorkflowInput } from "./start/workflow-input";
import type { UseCaseContext } from "./use-case-context";

/** Enqueues the orchestration, then starts the head of the queue. Idempotent. */
export async function enqueueInSession(
  queued: QueuedOrchestration,
  context: UseCaseContext,
): Promise<void> {
  await context.storage.sessions.enqueue(queued);
  await startNextInSession(queued.queuePosition.session, context);
}

/** Removes an ended orchestration from its queue, then starts the new head. Idempotent. */
export async function releaseSession(
  ended: QueuedOrchestration,
  context: UseCaseContext,
): Promise<void> {
  await context.storage.sessions.remove(ended);
  await startNextInSession(ended.queuePosition.session, context);
}

/** Starts the head of the queue, unless it is running or another process is starting it. */
export async function startNextInSession(
  session: string,
  context: UseCaseContext,
): Promise<void> {
  const { storage } = context;
  for (;;) {
    const head = await storage.sessions.head(session);
    if (head === undefined) return;
    const claim = await storage.orchestrations.find(head.id);
    if (claim !== undefined && !isTerminalStatus(claim.summary.status)) {
      await startHead(claim, context);
      return;
    }
    await storage.sessions.remove(head);
  }
}

async function startHead(claim: Claim, context: UseCaseContext): Promise<void> {
  if (claim.waiting !== true) return;
  const { storage, now, by } = context;
  const input = await loadWorkflowInput(claim, storage);
  const takenAt = now();
  // The sweeper finds a head that is not started only after the process that should have started it died.
  const reason = by === "sweeper" ? "starter_died" : "turn_came";
  if (await takeOverClaim(claim, takenAt, reason, context))
    await startClaimedInstance(takenAt, input, context);
}
