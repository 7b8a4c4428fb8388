import type { Instance } from "../model/instance";
import type { DurableTaskSettings } from "./settings";

/**
 * Error message when this app must not run an instance of that version; undefined when it may.
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
  const isMatch = versionMatchStrategy === "Strict" ? order === 0 : order <= 0;
  return isMatch
    ? undefined
    : `Orchestration version did not comply with Worker Versioning: the instance has version '${version}', this app has version '${defaultVersion}' and runs ${versionMatchStrategy === "Strict" ? "only that version" : "that version and older ones"}.`;
}

/** Message when the instance waits until an app runs whose version matches. */
export function describeRejection(
  { instanceId, version }: Instance,
  settings: DurableTaskSettings,
): string | undefined {
  if (settings.versionFailureStrategy === "Fail") return undefined;
  const reason = describeVersionMismatch(version, settings);
  return reason && `Instance ${instanceId} is not run. ${reason}`;
}

/** Compares dotted numbers by number and other versions as text. The empty version is the oldest. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [parseNumbers(a), parseNumbers(b)];
  if (left === undefined || right === undefined)
    return Math.sign(a.localeCompare(b, "en", { sensitivity: "base" }));
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const parseNumbers = (version: string): readonly number[] | undefined =>
  /^\d+(?:\.\d+)*$/.test(version) ? version.split(".").map(Number) : undefined;
