/** What health/ready looks at: something that the app needs, and the parts of it that can be missing one by one. */
import type { ErrorCode } from "../domain/errors";
import type { TaskHubClient } from "../orchestrations/task-hub";

export interface HealthDependency {
  /** As in the answer: `storage`, `serviceBus`, `model`. */
  readonly name: string;
  /** What is told when it does not answer at all. */
  readonly code: ErrorCode;
  /** Undefined: the app is meant to run without it. */
  readonly probes?: readonly HealthProbe[];
  /** Whether an identity signs in, which may lack a role, or a key does, which may be wrong. */
  readonly authentication: "identity" | "key";
  /** The settings that say where it is and who asks. */
  readonly settings: readonly string[];
  /** Those of them that Key Vault did not give. */
  readonly unresolved: readonly string[];
  /** What is told of it beside its state. */
  readonly details?: Readonly<Record<string, string>>;
}

export interface HealthProbe {
  /** Such as `tables`, or the name of a queue. */
  readonly name: string;
  /** The role that an identity needs for it. */
  readonly role?: string;
  /** Throws what the service says. Costs next to nothing, and changes nothing. */
  check(hub: TaskHubClient): Promise<void>;
}
