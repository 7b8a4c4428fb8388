/**
 * Finds Key Vault references that App Service could not resolve. Such a setting contains the reference instead of the secret.
 * https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
 *
 * If an unresolved reference affects only one service, the app runs without that service until the vault is available again
 * and App Service restarts the app.
 */
import { AosError } from "../domain/errors";
import type { RawSettings, SettingProblem } from "./setting-problem";

export type ConfiguredService = "storage" | "serviceBus" | "model";

export interface UnresolvedReferences {
  /** All settings with an unresolved reference, including those that AOS does not read. */
  readonly settings: readonly string[];
  /** The settings with an unresolved reference that make a service unusable. */
  readonly byService: Readonly<Record<ConfiguredService, readonly string[]>>;
}

const referenceMessage =
  "is a Key Vault reference that could not be resolved: check that the vault is reachable, that the secret exists and that the app's identity has the role Key Vault Secrets User; then restart the app";

export const findKeyVaultReferences = (
  settings: RawSettings,
): readonly SettingProblem[] =>
  Object.entries(settings)
    .filter(([, value]) => value?.startsWith("@Microsoft.KeyVault("))
    .map(([setting]) => ({ setting, message: referenceMessage }));

const servicePatterns: readonly (readonly [
  ConfiguredService | "telemetry",
  RegExp,
])[] = [
  ["storage", /^(AzureWebJobsStorage|AZURE_STORAGE_CONNECTION_STRING)(__|$)/],
  ["serviceBus", /^AZURE_SERVICEBUS_CONNECTION_STRING(__|$)/],
  ["model", /^(AZURE_)?OPENAI_/],
  ["telemetry", /^(APPLICATIONINSIGHTS|OTEL)_/],
];

/** Returns the service that a setting configures, or undefined if the entire app needs the setting or AOS does not read it. */
export const serviceOfSetting = (
  setting: string,
): ConfiguredService | "telemetry" | undefined =>
  servicePatterns.find(([, pattern]) => pattern.test(setting))?.[0];

/** A setting affects a service if the configuration of the service contains the text of the reference. */
export function collectUnresolvedReferences(
  settings: RawSettings,
  references: readonly SettingProblem[],
  services: Readonly<Partial<Record<ConfiguredService, object>>>,
): UnresolvedReferences {
  const names = references.map(({ setting }) => setting);
  const affecting = (service: ConfiguredService): readonly string[] => {
    const values = Object.values(services[service] ?? {}).map(String);
    return names.filter((name) => {
      const reference = settings[name];
      return (
        serviceOfSetting(name) === service &&
        reference !== undefined &&
        values.some((value) => value.includes(reference))
      );
    });
  };
  return {
    settings: names,
    byService: {
      storage: affecting("storage"),
      serviceBus: affecting("serviceBus"),
      model: affecting("model"),
    },
  };
}

const unavailableCodes = {
  storage: "storage_unavailable",
  serviceBus: "messaging_unavailable",
  model: "model_unavailable",
} as const;

/** Returns a function that calls `create`, or throws the service's error code while a secret of the service is unresolved. */
export const requireResolvedSettings =
  <Client>(
    service: ConfiguredService,
    { byService }: UnresolvedReferences,
    create: () => Client,
  ): (() => Client) =>
  () => {
    const names = byService[service];
    if (names.length === 0) return create();
    throw new AosError(
      unavailableCodes[service],
      names.map((name) => `${name} ${referenceMessage}.`).join(" "),
    );
  };
