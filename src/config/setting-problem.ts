/** What can be wrong with settings before they are held against each other. */
export interface SettingProblem {
  readonly setting: string;
  /** Goes on after the setting's name. Never repeats its value, which may be a secret. */
  readonly message: string;
}

export type RawSettings = Readonly<Record<string, string | undefined>>;

/** A setting left empty, as templates and portals do, is one that is not there. */
export const omitBlankSettings = (given: RawSettings): RawSettings =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value?.trim() !== ""),
  );

export function omitSettings(
  given: RawSettings,
  problems: readonly SettingProblem[],
): RawSettings {
  const names = new Set(problems.map(({ setting }) => setting));
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !names.has(name)),
  );
}

/**
 * What the platform could not read from Key Vault stays in the setting as it was written.
 * https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
 */
export const findKeyVaultReferences = (
  given: RawSettings,
): readonly SettingProblem[] =>
  Object.entries(given)
    .filter(([, value]) => value?.startsWith("@Microsoft.KeyVault("))
    .map(([setting]) => ({ setting, message: keyVaultReferenceMessage }));

export const keyVaultReferenceMessage =
  "is a Key Vault reference that could not be resolved: see whether the vault can be reached, the secret exists, and the app's identity has the role Key Vault Secrets User; then restart the app";

/** The first problem of each setting: what is wrong with it comes before what follows from its absence. */
export function firstProblemPerSetting(
  problems: readonly SettingProblem[],
): readonly SettingProblem[] {
  const told = new Set<string>();
  return problems.filter(({ setting }) => {
    const isNew = !told.has(setting);
    told.add(setting);
    return isNew;
  });
}
