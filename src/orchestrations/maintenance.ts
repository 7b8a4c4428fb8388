import type { Storage } from "../storage/ports";
import type { Log } from "../telemetry/log/log-event";
import type { SettlementContext } from "./end/settle-orchestration";
import {
  type EndSweepMemory,
  sweepEnded,
  type SweptHubClient,
} from "./end/sweep-ended";
import { isTimeToPurge, type PurgeHubClient, purgeTaskHub } from "./purge";
import { sweepClaims } from "./sweep";

export interface MaintenanceDependencies extends Pick<
  SettlementContext,
  "messaging" | "now"
> {
  readonly storage: () => Storage;
  readonly endSweep: EndSweepMemory;
  /** Days after its start that the task hub keeps an orchestration that has ended. */
  readonly hubRetentionDays: number;
}

/** Runs every 30 seconds. */
export async function runMaintenance(
  dependencies: MaintenanceDependencies,
  hub: PurgeHubClient & SweptHubClient,
  log: Log,
): Promise<void> {
  const { storage, messaging, now, hubRetentionDays, endSweep } = dependencies;
  // Before the sweep, whose duration varies: the run that starts at 03:00 is the one that purges.
  const startedAt = now();
  const by = "sweeper" as const;
  const context = { storage: storage(), messaging, hub, now, by, log };
  await sweepClaims(context);
  await sweepEnded(endSweep, context);
  if (isTimeToPurge(startedAt)) await purgeTaskHub(context, hubRetentionDays);
}
