import { app } from "durable-functions";
import type { Storage } from "../history/ports";
import { sweep } from "./sweep";

interface TimerServices {
  storage(): Storage;
  now(): Date;
}

/** The host runs a timer on one instance at a time. */
export function registerTimers(services: TimerServices): void {
  app.client.timer("sweepClaims", {
    schedule: "*/30 * * * * *",
    handler: (_timer, hub, context) =>
      sweep({
        storage: services.storage(),
        hub,
        now: () => services.now(),
        by: "sweeper",
        log: context,
      }),
  });
}
