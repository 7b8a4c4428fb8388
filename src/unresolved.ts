/** What the app goes without while Key Vault does not give a secret. */
import { AosError } from "./errors";
import {
  type GivenSettings,
  type SettingProblem,
  unresolvedReference,
} from "./setting-problem";

export type Service = "storage" | "serviceBus" | "model";

export interface Unresolved {
  /** Every setting that is a reference, also of what AOS does not read. */
  readonly settings: readonly string[];
  /** Of those, the ones without which a service cannot be used. */
  readonly of: Readonly<Record<Service, readonly string[]>>;
}

const prefixes: readonly (readonly [Service | "telemetry", RegExp])[] = [
  ["storage", /^(AzureWebJobsStorage|AZURE_STORAGE_CONNECTION_STRING)(__|$)/],
  ["serviceBus", /^AZURE_SERVICEBUS_CONNECTION_STRING(__|$)/],
  ["model", /^(AZURE_)?OPENAI_/],
  ["telemetry", /^(APPLICATIONINSIGHTS|OTEL)_/],
];

/** The service that a setting leads to; undefined for one that the app as a whole depends on, or does not read. */
export const servedBy = (setting: string): Service | "telemetry" | undefined =>
  prefixes.find(([, pattern]) => pattern.test(setting))?.[0];

/** `parts` hold the references where the secrets would be: whichever of them one is found in cannot be used. */
export function unresolvedIn(
  given: GivenSettings,
  references: readonly SettingProblem[],
  parts: Readonly<Partial<Record<Service, object>>>,
): Unresolved {
  const names = references.map(({ setting }) => setting);
  const of = (service: Service): readonly string[] => {
    const values = Object.values(parts[service] ?? {}).map(String);
    return names.filter((name) => {
      const reference = given[name];
      return (
        servedBy(name) === service &&
        reference !== undefined &&
        values.some((value) => value.includes(reference))
      );
    });
  };
  return {
    settings: names,
    of: {
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
export const resolved =
  <Client>(
    service: Service,
    { of }: Unresolved,
    make: () => Client,
  ): (() => Client) =>
  () => {
    const names = of[service];
    if (names.length === 0) return make();
    throw new AosError(
      codes[service],
      names.map((name) => `${name} ${unresolvedReference}.`).join(" "),
    );
  };
