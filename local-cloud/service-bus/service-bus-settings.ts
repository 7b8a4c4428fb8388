/**
 * The settings that ask for a Service Bus on this machine: those whose value is `UseDevelopmentEmulator=true` and nothing
 * more, as `UseDevelopmentStorage=true` asks for storage.
 */
export const findServiceBusEmulatorSettings = (
  settings: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.entries({ ...settings, ...process.env })
    .filter(([, value]) => value?.toLowerCase() === marker)
    .map(([name]) => name);

const marker = "usedevelopmentemulator=true";
