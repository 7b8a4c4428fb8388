export interface SettingProblem {
  readonly setting: string;
  /** Continues a sentence that starts with the setting's name. Never contains its value, which may be a secret. */
  readonly message: string;
}

/** Setting names with the values of the environment. */
export type RawSettings = Readonly<Record<string, string | undefined>>;

/** A blank setting counts as absent: templates and portals leave settings blank. */
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

/** An invalid value precedes the problems that its omission causes. */
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
