/** Finds orchestrations that were claimed but not started, because their process died, and repairs stuck sessions. */
import type { OrchestrationSummary } from "../domain/history/orchestration-history";
import { logEvent, toErrorCode } from "../telemetry/log/log-event";
import { readPages } from "./read-pages";
import { enqueueInSession, repairSession } from "./session-queue";
import { startIfAbandoned } from "./start/claim-and-start";
import { takeOverAfterMs } from "./start/claim-rules";
import type { UseCaseContext } from "./use-case-context";

const concurrency = 8;
/** Less than the interval of the timer. */
const maxSweepMs = 25_000;

/** Orchestrations that could not be started are logged, and left to the next sweep. */
export async function sweepClaims(context: UseCaseContext): Promise<void> {
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

async function startAll(
  summaries: readonly OrchestrationSummary[],
  sessions: RepairedSessions,
  context: UseCaseContext,
): Promise<void> {
  const remaining = [...summaries];
  const worker = async (): Promise<void> => {
    for (let next = remaining.pop(); next; next = remaining.pop())
      try {
        await startPending(next.id, sessions, context);
      } catch (error) {
        logEvent(context.log, "claim.left", {
          orchestrationId: next.id,
          code: toErrorCode(error),
        });
      }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** By session, the ids in its queue. A sweep repairs each session once. */
type RepairedSessions = Map<string, Promise<ReadonlySet<string>>>;

async function startPending(
  id: string,
  sessions: RepairedSessions,
  context: UseCaseContext,
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
  context: UseCaseContext,
): Promise<ReadonlySet<string>> {
  const queuedIds = await context.storage.sessions.orchestrationIds(session);
  await repairSession(session, context);
  return queuedIds;
}
