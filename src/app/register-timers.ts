import { app } from "durable-functions";
import {
  type MaintenanceDependencies,
  runMaintenance,
} from "../orchestrations/maintenance";

/** The host runs a timer on one instance at a time. */
export function registerTimers(dependencies: MaintenanceDependencies): void {
  app.client.timer("sweepClaims", {
    schedule: "*/30 * * * * *",
    handler: (_timer, hub, context) =>
      runMaintenance(dependencies, hub, context),
  });
}
