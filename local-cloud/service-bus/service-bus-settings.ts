/**
 * The names of the settings whose value is exactly `UseDevelopmentEmulator=true`, which requests an emulated Service Bus.
 * Environment variables override `settings`.
 */
export const findServiceBusEmulatorSettings = (
  settings: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.entries({ ...settings, ...process.env })
    .filter(
      ([, value]) => value?.toLowerCase() === "usedevelopmentemulator=true",
    )
    .map(([name]) => name);
