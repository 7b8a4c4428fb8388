import type { ErrorCode } from "../domain/errors";
import type { TaskHubClient } from "../orchestrations/task-hub";

/** A service that the app needs, such as storage, with the probes that readiness runs. */
export interface HealthDependency {
  /** Key in the response: `storage`, `serviceBus`, `model`. */
  readonly name: string;
  /** Error code of a probe without a response. */
  readonly code: ErrorCode;
  /** Undefined when the dependency is optional and not configured. */
  readonly probes?: readonly HealthProbe[];
  /** Determines the cause of an authorization error: a missing role or a wrong key. */
  readonly authentication: "identity" | "key";
  /** Settings that configure the endpoint and the credential. */
  readonly settings: readonly string[];
  /** Those of `settings` whose Key Vault reference could not be resolved. */
  readonly unresolved: readonly string[];
  /** Additional fields of the response. */
  readonly details?: Readonly<Record<string, string>>;
}

export interface HealthProbe {
  /** For example `tables` or the name of a queue. */
  readonly name: string;
  /** The Azure role that an identity needs. */
  readonly role?: string;
  /** Throws the error of the service. Must be cheap and free of side effects. */
  check(hub: TaskHubClient): Promise<void>;
}
