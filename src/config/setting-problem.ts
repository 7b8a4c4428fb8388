export interface SettingProblem {
  readonly setting: string;
  /** Continues a sentence that starts with the setting's name. Never contains its value, which may be a secret. */
  readonly message: string;
}

/** Setting names with the values of the environment. */
export type RawSettings = Readonly<Record<string, string | undefined>>;

/** Templates and portals leave settings blank: those count as absent. */
export const omitBlankSettings = (settings: RawSettings): RawSettings =>
  Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value?.trim() !== ""),
  );

export function omitSettings(
  settings: RawSettings,
  problems: readonly SettingProblem[],
): RawSettings {
  const names = new Set(problems.map(({ setting }) => setting));
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !names.has(name)),
  );
}

/** An invalid value is reported before the problems that its absence causes. */
export function firstProblemPerSetting(
  problems: readonly SettingProblem[],
): readonly SettingProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ setting }) => {
    const isFirst = !seen.has(setting);
    seen.add(setting);
    return isFirst;
  });
}
