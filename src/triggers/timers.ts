import { app } from "durable-functions";
import type { Storage } from "../history/ports";
import type { Log } from "../telemetry/log";
import { isTimeToPurge, purge, type PurgingHub } from "./purge";
import { sweep } from "./sweep";

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
    handler: (_timer, hub, context) => tidyUp(services, hub, context),
  });
}

/** What is to be done every half minute. */
export async function tidyUp(
  { storage, now, hubRetentionDays }: TimerServices,
  hub: PurgingHub,
  log: Log,
): Promise<void> {
  // Read before the work, which takes a while: the sweep that begins at three is the one that purges.
  const beganAt = now();
  const world = { storage: storage(), hub, now, by: "sweeper", log } as const;
  await sweep(world);
  if (isTimeToPurge(beganAt)) await purge(world, hubRetentionDays);
}
