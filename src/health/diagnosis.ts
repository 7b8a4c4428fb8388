import { toFailure } from "../domain/errors";
import { type Cause, classifyError, type ErrorCause } from "./classify-error";
import type { HealthDependency, HealthProbe } from "./health-dependency";

interface ReadinessProblem {
  readonly part: string;
  readonly cause: Cause;
  /** The error of the service. */
  readonly message: string;
  readonly advice: string;
  /** The role to assign. */
  readonly role?: string;
}

export interface Diagnosis {
  readonly code: string;
  readonly problem: ReadinessProblem;
}

export function diagnose(
  dependency: HealthDependency,
  probe: HealthProbe,
  thrown: unknown,
): Diagnosis {
  const cause = classifyError(thrown, dependency.authentication);
  const { code, message } = toFailure(thrown);
  const { role } = probe;
  return {
    code,
    problem: {
      part: probe.name,
      cause,
      message,
      advice: advice(cause, dependency, probe),
      ...(cause === "role_missing" && role !== undefined && { role }),
    },
  };
}

export function diagnoseUnresolvedSettings({
  code,
  unresolved,
}: HealthDependency): Diagnosis {
  const role = "Key Vault Secrets User";
  return {
    code,
    problem: {
      part: "settings",
      cause: "unresolved_reference",
      message: `Key Vault references were not resolved: ${unresolved.join(", ")}.`,
      advice: `Check the status of the references in the portal, under the app's environment variables. The vault must be reachable, the secrets must exist, and the app's identity needs the role "${role}". Then restart the app.`,
      role,
    },
  };
}

function advice(
  cause: ErrorCause,
  dependency: HealthDependency,
  probe: HealthProbe,
): string {
  const settings = dependency.settings.join(", ");
  const role = probe.role ?? "a role";
  const texts: Readonly<Record<ErrorCause, string>> = {
    no_identity: `Give the app a managed identity and set AZURE_CLIENT_ID to its client id. On your own machine, sign in with az login.`,
    role_missing: `Assign the role "${role}" for ${probe.name} to the app's identity. A new role takes effect within a minute, in rare cases ten.`,
    key_refused: `The key or signature in ${settings} is wrong, has expired, or lacks rights for ${probe.name}. Correct it, or use the app's identity with the role "${role}".`,
    keys_disabled: `Remove the connection string from ${settings}, and set the settings for the app's identity instead.`,
    network_refused: `The firewall refuses the app. Check that the app is in the network, and that the private endpoint and its DNS entry exist.`,
    host_unknown: `Check that the host name in ${settings} is correct, and that its private DNS zone is linked to the network.`,
    unreachable: `Check that the service is running, that ${settings} contains its address, and that no firewall blocks the connection.`,
    no_answer: `Check that ${settings} contains the address of the service, and that no firewall blocks the connection.`,
    not_found: `Check that ${probe.name} exists, and that ${settings} contains the address of the right service.`,
    setting_invalid: `Correct ${settings} and restart the app.`,
    failed: `Check the message of the service and the settings ${settings}.`,
  };
  return texts[cause];
}
