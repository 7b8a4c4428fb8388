/** What the app goes without while Key Vault does not give a secret. */
import { AosError } from "../domain/errors";
import {
  type RawSettings,
  type SettingProblem,
  keyVaultReferenceMessage,
} from "./setting-problem";

export type ConfiguredService = "storage" | "serviceBus" | "model";

export interface UnresolvedReferences {
  /** Every setting that is a reference, also of what AOS does not read. */
  readonly settings: readonly string[];
  /** Of those, the ones without which a service cannot be used. */
  readonly byService: Readonly<Record<ConfiguredService, readonly string[]>>;
}

const prefixes: readonly (readonly [
  ConfiguredService | "telemetry",
  RegExp,
])[] = [
  ["storage", /^(AzureWebJobsStorage|AZURE_STORAGE_CONNECTION_STRING)(__|$)/],
  ["serviceBus", /^AZURE_SERVICEBUS_CONNECTION_STRING(__|$)/],
  ["model", /^(AZURE_)?OPENAI_/],
  ["telemetry", /^(APPLICATIONINSIGHTS|OTEL)_/],
];

/** The service that a setting leads to; undefined for one that the app as a whole depends on, or does not read. */
export const serviceOfSetting = (
  setting: string,
): ConfiguredService | "telemetry" | undefined =>
  prefixes.find(([, pattern]) => pattern.test(setting))?.[0];

/** `parts` hold the references where the secrets would be: whichever of them one is found in cannot be used. */
export function collectUnresolvedReferences(
  given: RawSettings,
  references: readonly SettingProblem[],
  parts: Readonly<Partial<Record<ConfiguredService, object>>>,
): UnresolvedReferences {
  const names = references.map(({ setting }) => setting);
  const of = (service: ConfiguredService): readonly string[] => {
    const values = Object.values(parts[service] ?? {}).map(String);
    return names.filter((name) => {
      const reference = given[name];
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
      storage: of("storage"),
      serviceBus: of("serviceBus"),
      model: of("model"),
    },
  };
}

const codes = {
  storage: "storage_unavailable",
  serviceBus: "messaging_unavailable",
  model: "model_unavailable",
} as const;

/** Makes a client, unless the vault has kept a secret of it; throws the code that says so. */
export const requireResolvedSettings =
  <Client>(
    service: ConfiguredService,
    { byService }: UnresolvedReferences,
    make: () => Client,
  ): (() => Client) =>
  () => {
    const names = byService[service];
    if (names.length === 0) return make();
    throw new AosError(
      codes[service],
      names.map((name) => `${name} ${keyVaultReferenceMessage}.`).join(" "),
    );
  };
