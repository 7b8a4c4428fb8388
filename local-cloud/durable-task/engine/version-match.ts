import type { DurableTaskSettings } from "./settings";

/**
 * Why this process may not run an instance of that version; undefined when it may.
 * https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-orchestration-versioning
 */
export function describeVersionMismatch(
  version: string,
  {
    defaultVersion,
    versionMatchStrategy,
  }: Pick<DurableTaskSettings, "defaultVersion" | "versionMatchStrategy">,
): string | undefined {
  if (defaultVersion === "" || versionMatchStrategy === "None")
    return undefined;
  const order = compareVersions(version, defaultVersion);
  const fits = versionMatchStrategy === "Strict" ? order === 0 : order <= 0;
  return fits
    ? undefined
    : `Orchestration version did not comply with Worker Versioning: the instance has version '${version}', this app has '${defaultVersion}' and runs ${versionMatchStrategy === "Strict" ? "only that" : "that and older ones"}.`;
}

/** By their numbers when both are dotted numbers, otherwise as text; no version is older than any. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  if (left === undefined || right === undefined)
    return Math.sign(a.localeCompare(b, "en", { sensitivity: "base" }));
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const numbersIn = (version: string): readonly number[] | undefined =>
  /^\d+(?:\.\d+)*$/.test(version) ? version.split(".").map(Number) : undefined;
