/** Replaces each `%SETTING%` in `text`; `missing` lists the names of settings that are not set. */
export function resolveAppSettings(
  text: string,
  setting: (name: string) => string | undefined,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const resolved = text.replaceAll(
    /%([^%\s]+)%/g,
    (reference, name: string) => {
      const value = setting(name);
      if (value === undefined) missing.push(name);
      return value ?? reference;
    },
  );
  return { text: resolved, missing };
}
