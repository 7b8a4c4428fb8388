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
import type { Claim, Placed } from "../../history/ports";
import { startInTime } from "./start-in-time";
import { reconcile } from "./reconcile";
import { startOf } from "./start-input";
import { isEnded } from "./status";
import { takeOver } from "./take-over";
import type { World } from "./world";

/** Makes sure that the orchestration waits in its session, and starts the first one there. */
export async function enterSession(
  placed: Placed,
  world: World,
): Promise<void> {
  await world.storage.sessions.join(placed);
  await startFirst(placed.place.session, world);
}

/** Starts the first of a session unless it runs already, or somebody else is at it. */
export async function startFirst(session: string, world: World): Promise<void> {
  const { storage } = world;
  for (;;) {
    const first = await storage.sessions.first(session);
    if (first === undefined) return;
    const claim = await storage.orchestrations.find(first.id);
    if (claim !== undefined && !isEnded(claim.summary.status)) {
      await takeTurn(claim, world);
      return;
    }
    await storage.sessions.leave(first);
  }
}

async function takeTurn(claim: Claim, world: World): Promise<void> {
  if (claim.waiting !== true) return;
  const { storage, now } = world;
  const input = await startOf(claim, storage);
  const takenAt = now();
  if (!(await takeOver(claim, takenAt, reasonOf(world), world))) return;
  await startInTime({ claimedAt: takenAt.toISOString() }, input, world);
}

/** Whoever joins or leaves starts the first one; the sweeper finds one to start only when they died before they could. */
const reasonOf = ({ by }: World) =>
  by === "sweeper" ? "starter_died" : "turn_came";

/** For a session that somebody has waited in for long: the first may have been ended in the hub without having written it. */
export async function mendSession(
  session: string,
  world: World,
): Promise<void> {
  const { storage } = world;
  const first = await storage.sessions.first(session);
  const claim = first && (await storage.orchestrations.find(first.id));
  if (claim !== undefined && claim.waiting !== true)
    await reconcile(claim, world);
  await startFirst(session, world);
}
