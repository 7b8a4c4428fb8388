import type { Messaging } from "../messaging/ports";
import type { HealthDependency } from "../health/health-dependency";
import type { StartDependencies } from "../orchestrations/start/start-dependencies";

/** What the routes are given by `main.ts`. */
export interface HttpDependencies extends StartDependencies {
  /** What the app needs to work. */
  readonly healthDependencies: readonly HealthDependency[];
  /** Undefined when the app runs without Service Bus. */
  messaging(): Messaging | undefined;
}
