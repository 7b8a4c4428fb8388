/**
 * Starts what was claimed and never started, because the process died in between: nobody has to ask a second time.
 * Sessions in which somebody has waited for long are looked at as well.
 */
import type { OrchestrationSummary } from "../domain/history/orchestration-history";
import { toErrorCode, logEvent } from "../telemetry/log/log-event";
import { startIfAbandoned } from "./start/claim-and-start";
import { enqueueInSession, repairSession } from "./session-queue";
import { takeOverAfterMs } from "./start/claim-rules";
import type { UseCaseContext } from "./use-case-context";

const pageSize = 100;
const atOnce = 8;
/** Less than the time between two sweeps. */
const sweepMs = 25_000;

/** What could not be mended is logged; the next sweep tries again. */
export async function sweepClaims(world: UseCaseContext): Promise<void> {
  const startedAt = world.now().getTime();
  const sessions: Sessions = new Map();
  let cursor: string | undefined;
  do {
    const page = await world.storage.orchestrations.list({
      status: "pending",
      to: new Date(startedAt - takeOverAfterMs),
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    });
    await mendAll(page.items, sessions, world);
    cursor = page.cursor;
  } while (cursor !== undefined && world.now().getTime() - startedAt < sweepMs);
}

async function mendAll(
  found: readonly OrchestrationSummary[],
  sessions: Sessions,
  world: UseCaseContext,
): Promise<void> {
  const left = [...found];
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop())
      try {
        await mend(next.id, sessions, world);
      } catch (error) {
        logEvent(world.log, "claim.left", {
          orchestrationId: next.id,
          code: toErrorCode(error),
        });
      }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The members of each session that was looked at in this sweep: however many wait in it, it is mended once. */
type Sessions = Map<string, Promise<ReadonlySet<string>>>;

async function mend(
  id: string,
  sessions: Sessions,
  world: UseCaseContext,
): Promise<void> {
  const claim = await world.storage.orchestrations.find(id);
  if (claim === undefined) return;
  const { place, waiting } = claim;
  if (place === undefined || waiting !== true) {
    await startIfAbandoned(claim, world);
    return;
  }
  const { session } = place;
  const members = sessions.get(session) ?? mended(session, world);
  sessions.set(session, members);
  // Its process died after the claim and before it had joined.
  if (!(await members).has(id)) await enqueueInSession({ id, place }, world);
}

async function mended(
  session: string,
  world: UseCaseContext,
): Promise<ReadonlySet<string>> {
  const members = await world.storage.sessions.orchestrationIds(session);
  await repairSession(session, world);
  return members;
}
