/** `text` with each `%SETTING%` replaced, and the settings that it names but that are not set. */
export function resolveAppSettings(
  text: string,
  setting: (name: string) => string | undefined,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const replaced = text.replaceAll(/%([^%\s]+)%/g, (whole, name: string) => {
    const value = setting(name);
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text: replaced, missing };
}
