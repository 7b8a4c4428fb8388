/** Finds orchestrations that were claimed but not started, because their process died, and repairs stuck sessions. */
import type { OrchestrationSummary } from "../domain/history/orchestration-history";
import { logEvent, toErrorCode } from "../telemetry/log/log-event";
import { reconcileWithHub } from "./end/reconcile";
import type { SettlementContext } from "./end/settle-orchestration";
import { readPages } from "./read-pages";
import { processConcurrently } from "./process-concurrently";
import { enqueueInSession, startNextInSession } from "./session-queue";
import { startIfAbandoned } from "./start/claim-and-start";
import { takeOverAfterMs } from "./start/claim-rules";

/** Less than the interval of the timer. */
export const maxSweepMs = 25_000;

/** Orchestrations that could not be started are logged, and left to the next sweep. */
export async function sweepClaims(context: SettlementContext): Promise<void> {
  const startedAt = context.now().getTime();
  const sessions: RepairedSessions = new Map();
  const abandoned = {
    status: "pending",
    to: new Date(startedAt - takeOverAfterMs),
  } as const;
  for await (const summaries of readPages(context.storage, abandoned)) {
    await startAll(summaries, sessions, context);
    if (context.now().getTime() - startedAt >= maxSweepMs) return;
  }
}

const startAll = (
  summaries: readonly OrchestrationSummary[],
  sessions: RepairedSessions,
  context: SettlementContext,
): Promise<void> =>
  processConcurrently(summaries, async ({ id }) => {
    try {
      await startPending(id, sessions, context);
    } catch (error) {
      const code = toErrorCode(error);
      logEvent(context.log, "claim.left", { orchestrationId: id, code });
    }
  });

/** By session, the ids in its queue. A sweep repairs each session once. */
type RepairedSessions = Map<string, Promise<ReadonlySet<string>>>;

async function startPending(
  id: string,
  sessions: RepairedSessions,
  context: SettlementContext,
): Promise<void> {
  const claim = await context.storage.orchestrations.find(id);
  if (claim === undefined) return;
  const { queuePosition, waiting } = claim;
  if (queuePosition === undefined || waiting !== true) {
    await startIfAbandoned(claim, context);
    return;
  }
  const { session } = queuePosition;
  const queuedIds = sessions.get(session) ?? repair(session, context);
  sessions.set(session, queuedIds);
  // Its process died between the claim and the enqueue operation.
  if (!(await queuedIds).has(id))
    await enqueueInSession({ id, queuePosition }, context);
}

async function repair(
  session: string,
  context: SettlementContext,
): Promise<ReadonlySet<string>> {
  const queuedIds = await context.storage.sessions.orchestrationIds(session);
  await repairSession(session, context);
  return queuedIds;
}

/** Also handles a head that ended in the task hub without recording it, for example because it was terminated. */
async function repairSession(
  session: string,
  context: SettlementContext,
): Promise<void> {
  const { storage } = context;
  const head = await storage.sessions.head(session);
  const claim = head && (await storage.orchestrations.find(head.id));
  if (claim !== undefined && claim.waiting !== true)
    await reconcileWithHub(claim, context);
  await startNextInSession(session, context);
}
