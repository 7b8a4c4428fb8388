import { app } from "durable-functions";
import type { Storage } from "../history/ports";
import { isTimeToPurge, purge } from "./purge";
import { sweep } from "./sweep";

interface TimerServices {
  storage(): Storage;
  readonly now: () => Date;
  /** Days after its start that the task hub keeps an orchestration that has ended. */
  readonly hubRetentionDays: number;
}

/** The host runs a timer on one instance at a time. */
export function registerTimers(services: TimerServices): void {
  app.client.timer("sweepClaims", {
    schedule: "*/30 * * * * *",
    handler: async (_timer, hub, context) => {
      const world = { storage: services.storage(), hub, now: services.now };
      const report = (problem: string): void => {
        context.warn(problem);
      };
      await sweep(world, report);
      if (isTimeToPurge(services.now()))
        await purge(world, services.hubRetentionDays, report);
    },
  });
}
