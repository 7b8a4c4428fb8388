import { app } from "durable-functions";
import type { Storage } from "../storage/ports";
import type { Log } from "../telemetry/log/log-event";
import {
  isTimeToPurge,
  purgeTaskHub,
  type PurgeHubClient,
} from "../orchestrations/purge";
import { sweepClaims } from "../orchestrations/sweep";

interface TimerServices {
  readonly storage: () => Storage;
  readonly now: () => Date;
  /** Days after its start that the task hub keeps an orchestration that has ended. */
  readonly hubRetentionDays: number;
}

/** The host runs a timer on one instance at a time. */
export function registerTimers(services: TimerServices): void {
  app.client.timer("sweepClaims", {
    schedule: "*/30 * * * * *",
    handler: (_timer, hub, context) => runMaintenance(services, hub, context),
  });
}

/** What is to be done every half minute. */
export async function runMaintenance(
  { storage, now, hubRetentionDays }: TimerServices,
  hub: PurgeHubClient,
  log: Log,
): Promise<void> {
  // Read before the work, which takes a while: the sweep that begins at three is the one that purges.
  const beganAt = now();
  const world = { storage: storage(), hub, now, by: "sweeper", log } as const;
  await sweepClaims(world);
  if (isTimeToPurge(beganAt)) await purgeTaskHub(world, hubRetentionDays);
}
