import type { HealthDependency } from "../health/health-dependency";
import type { Messaging } from "../messaging/ports";
import type { StartDependencies } from "../orchestrations/start/start-dependencies";

export interface HttpDependencies extends StartDependencies {
  readonly healthDependencies: readonly HealthDependency[];
  /** Returns undefined when Service Bus is not configured. */
  readonly messaging: () => Messaging | undefined;
}
