import { sumUsage } from "../../domain/history/sum-usage";
import { toOrchestrationMetadata } from "../../domain/orchestration-metadata";
import type { Claim } from "../../storage/ports";
import { logCompletion } from "../../telemetry/log/log-completion";
import { releaseSession } from "../session-queue";
import { loadWorkflowInput } from "../start/workflow-input";
import type { UseCaseContext } from "../use-case-context";
import type { HubEnd } from "./end-rules";
import {
  publishEnd,
  type PublishDependencies,
  readRecordedEnd,
  toEndEvent,
} from "./publish-end";

export interface SettlementContext extends UseCaseContext {
  readonly messaging: PublishDependencies["messaging"];
}

/**
 * Completes an orchestration that cannot do so itself. Returns false if another process changed the row first.
 *
 * 1. The row is written first, on condition of the claim's ETag: of several processes, one decides the end and logs it.
 * 2. The history event, the response and the lifecycle event are derived from the row. Their keys and ids are
 *    deterministic, so that two processes, or an attempt after a crash, repeat none of them.
 * 3. `settled` is written last. Until then every sweep repeats steps 2 and 3.
 */
export async function settleOrchestration(
  claim: Claim,
  end: HubEnd | undefined,
  context: SettlementContext,
): Promise<boolean> {
  const { storage, log } = context;
  const { id, workflow, createdAt } = claim.summary;
  const events = await storage.history.read(id);
  if (end !== undefined) {
    const usage = sumUsage(events);
    const change = { ...end, usage, updatedAt: end.endedAt };
    if (!(await storage.orchestrations.update(id, change, claim.etag)))
      return false;
    logCompletion(log, { ...end, id, workflow });
  }
  const recorded = await readRecordedEnd(id, storage);
  const endEvent = toEndEvent(recorded);
  await storage.history.replace(id, endEvent);
  const input = await loadWorkflowInput(claim, storage);
  const started = events.find(({ type }) => type === "orchestration.started");
  await publishEnd(
    {
      id,
      metadata: toOrchestrationMetadata(input),
      reply: input.reply,
      startedAt: started?.at ?? createdAt,
      events: [endEvent],
    },
    recorded,
    context,
  );
  const { queuePosition } = claim;
  if (queuePosition !== undefined)
    await releaseSession({ id, queuePosition }, { ...context, by: "session" });
  await storage.orchestrations.markSettled(id);
  return true;
}
