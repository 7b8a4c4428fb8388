import {
  type DurableClient,
  OrchestrationRuntimeStatus,
} from "durable-functions";
import type { OrchestrationStatus } from "../domain/history/orchestration-history";
import { logEvent, toErrorCode } from "../telemetry/log/log-event";
import { AosError } from "../domain/errors";
import { settleWithHub } from "./end/reconcile";
import type { SettlementContext } from "./end/settle-orchestration";
import { readPages } from "./read-pages";
import type { TaskHubClient } from "./task-hub";

export type PurgeHubClient = TaskHubClient &
  Pick<DurableClient, "purgeInstanceHistoryBy">;

const dayMs = 86_400_000;

const endedStatuses = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];
/** Includes `pending`: the sweeper would start such an orchestration again after the purge of its instance. */
const openStatuses: readonly OrchestrationStatus[] = ["pending", "running"];

/** True in the sweep at 03:00 UTC. A separate timer would keep more instances running on plans with zone redundancy. */
export const isTimeToPurge = (now: Date): boolean =>
  now.getUTCHours() === 3 &&
  now.getUTCMinutes() === 0 &&
  now.getUTCSeconds() < 30;

/**
 * Removes instances that started before the retention period and have ended from the task hub: on Azure Storage they
 * would be kept, and billed, without limit. The rows of AOS stay. A failure is logged, and the next day's purge retries.
 */
export async function purgeTaskHub(
  context: SettlementContext & { readonly hub: PurgeHubClient },
  retentionDays: number,
): Promise<void> {
  const { log } = context;
  const before = new Date(context.now().getTime() - retentionDays * dayMs);
  try {
    // First, because only the hub knows the end of an orchestration that could not record it.
    for (const status of openStatuses)
      await reconcileAll(status, before, context);
    const { instancesDeleted } = await context.hub.purgeInstanceHistoryBy({
      createdTimeFrom: new Date(0),
      createdTimeTo: before,
      runtimeStatus: endedStatuses,
    });
    logEvent(log, "hub.purged", { retentionDays, instances: instancesDeleted });
  } catch (error) {
    logEvent(log, "hub.not_purged", {
      retentionDays,
      code: toErrorCode(error),
    });
  }
}

async function reconcileAll(
  status: OrchestrationStatus,
  before: Date,
  context: SettlementContext,
): Promise<void> {
  const { storage } = context;
  for await (const summaries of readPages(storage, { status, to: before }))
    for (const { id } of summaries) {
      const claim = await storage.orchestrations.find(id);
      if (claim === undefined) continue;
      const outcome = await settleWithHub(claim, context);
      if (outcome === "wait" || outcome === "changed")
        throw new AosError(
          "not_finished",
          `Orchestration "${id}" starts again, so the task hub cannot be purged yet.`,
        );
    }
}
