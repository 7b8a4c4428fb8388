/**
 * The orchestrations of one session run one at a time, in the order of their places (docs/adr/0006-session-turns.md).
 *
 * 1. A claim with a place is born waiting, and joins the queue of its session before anybody is told of it.
 * 2. Only the first of a session is started, by whoever takes its claim over while it waits: the store compares ETags, so
 *    that of several who see it become the first one starts it, and it never waits again.
 * 3. An orchestration leaves the queue only after it has ended. Whoever finds one that has ended in first place, removes
 *    it. One that joins again afterwards, because a late duplicate read the claim before it ended, is removed likewise.
 * 4. Whoever joins or leaves looks at the first place afterwards, so one of the two sees a newcomer in it. If that one
 *    dies, the sweeper looks.
 */
import type { Claim, QueuedOrchestration } from "../storage/ports";
import { startClaimedInstance } from "./start/start-claimed-instance";
import { reconcileWithHub } from "./reconcile";
import { loadWorkflowInput } from "./start/workflow-input";
import { isTerminalStatus } from "../domain/history/terminal-status";
import { takeOverClaim } from "./start/take-over-claim";
import type { UseCaseContext } from "./use-case-context";

/** Makes sure that the orchestration waits in its session, and starts the first one there. */
export async function enqueueInSession(
  placed: QueuedOrchestration,
  world: UseCaseContext,
): Promise<void> {
  await world.storage.sessions.enqueue(placed);
  await startNextInSession(placed.place.session, world);
}

/** Starts the first of a session unless it runs already, or somebody else is at it. */
export async function startNextInSession(
  session: string,
  world: UseCaseContext,
): Promise<void> {
  const { storage } = world;
  for (;;) {
    const first = await storage.sessions.head(session);
    if (first === undefined) return;
    const claim = await storage.orchestrations.find(first.id);
    if (claim !== undefined && !isTerminalStatus(claim.summary.status)) {
      await takeTurn(claim, world);
      return;
    }
    await storage.sessions.remove(first);
  }
}

async function takeTurn(claim: Claim, world: UseCaseContext): Promise<void> {
  if (claim.waiting !== true) return;
  const { storage, now } = world;
  const input = await loadWorkflowInput(claim, storage);
  const takenAt = now();
  if (!(await takeOverClaim(claim, takenAt, reasonOf(world), world))) return;
  await startClaimedInstance(
    { claimedAt: takenAt.toISOString() },
    input,
    world,
  );
}

/** Whoever joins or leaves starts the first one; the sweeper finds one to start only when they died before they could. */
const reasonOf = ({ by }: UseCaseContext) =>
  by === "sweeper" ? "starter_died" : "turn_came";

/** For a session that somebody has waited in for long: the first may have been ended in the hub without having written it. */
export async function repairSession(
  session: string,
  world: UseCaseContext,
): Promise<void> {
  const { storage } = world;
  const first = await storage.sessions.head(session);
  const claim = first && (await storage.orchestrations.find(first.id));
  if (claim !== undefined && claim.waiting !== true)
    await reconcileWithHub(claim, world);
  await startNextInSession(session, world);
}
