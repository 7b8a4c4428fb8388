import type { Storage } from "../storage/ports";
import type { Log } from "../telemetry/log/log-event";
import { isTimeToPurge, type PurgeHubClient, purgeTaskHub } from "./purge";
import { sweepClaims } from "./sweep";

export interface MaintenanceDependencies {
  readonly storage: () => Storage;
  readonly now: () => Date;
  /** Days after its start that the task hub keeps an orchestration that has ended. */
  readonly hubRetentionDays: number;
}

/** Runs every 30 seconds. */
export async function runMaintenance(
  { storage, now, hubRetentionDays }: MaintenanceDependencies,
  hub: PurgeHubClient,
  log: Log,
): Promise<void> {
  // Before the sweep, whose duration varies: the run that starts at 03:00 is the one that purges.
  const startedAt = now();
  const context = { storage: storage(), hub, now, by: "sweeper", log } as const;
  await sweepClaims(context);
  if (isTimeToPurge(startedAt)) await purgeTaskHub(context, hubRetentionDays);
}
