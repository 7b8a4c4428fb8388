/**
 * Removes from the task hub what ended long ago: nothing else does on Azure Storage, where it would be kept, and billed, for
 * ever. What AOS itself keeps of an orchestration stays, so that it can be looked at as before.
 */
import {
  type DurableClient,
  OrchestrationRuntimeStatus,
} from "durable-functions";
import type { OrchestrationStatus } from "../domain/history/orchestration-history";
import { toErrorCode, logEvent } from "../telemetry/log/log-event";
import { reconcileWithHub } from "./reconcile";
import type { UseCaseContext } from "./use-case-context";

export type PurgeHubClient = UseCaseContext["hub"] &
  Pick<DurableClient, "purgeInstanceHistoryBy">;

const dayMs = 86_400_000;
const pageSize = 100;
/** Before this the service has no instances. */
const beginning = new Date(0);

const ended = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];
/** Pending too: to the sweep, one whose instance is gone looks like one that was never started. */
const unended: readonly OrchestrationStatus[] = [
  "pending",
  "running",
  "waiting",
];

/** One sweep a day, at three in the night (UTC): a timer of its own would keep instances ready on plans with zones. */
export const isTimeToPurge = (now: Date): boolean =>
  now.getUTCHours() === 3 &&
  now.getUTCMinutes() === 0 &&
  now.getUTCSeconds() < 30;

/** By the time of their start. What could not be done is logged, and tried again the next night. */
export async function purgeTaskHub(
  world: UseCaseContext & { readonly hub: PurgeHubClient },
  retentionDays: number,
): Promise<void> {
  const { log } = world;
  const before = new Date(world.now().getTime() - retentionDays * dayMs);
  try {
    // First the hub is asked how those ended that could not write it down themselves: afterwards nobody knows.
    for (const status of unended) await reconcileAll(status, before, world);
    const { instancesDeleted } = await world.hub.purgeInstanceHistoryBy({
      createdTimeFrom: beginning,
      createdTimeTo: before,
      runtimeStatus: ended,
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
  world: UseCaseContext,
): Promise<void> {
  const { storage } = world;
  let cursor: string | undefined;
  do {
    const page = await storage.orchestrations.list({
      status,
      to: before,
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id } of page.items) {
      const claim = await storage.orchestrations.find(id);
      if (claim !== undefined) await reconcileWithHub(claim, world);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
