/**
 * The names of the settings with the value `UseDevelopmentStorage=true`, which requests emulated storage in Azure
 * Functions. Environment variables override `settings`.
 */
export const findStorageEmulatorSettings = (
  settings: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.entries({ ...settings, ...process.env })
    .filter(([, value]) => /^usedevelopmentstorage=true;?$/i.test(value ?? ""))
    .map(([name]) => name);
