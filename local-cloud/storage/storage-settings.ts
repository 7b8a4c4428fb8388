/**
 * The app settings that ask for storage on this machine: as everywhere in Azure Functions, `UseDevelopmentStorage=true`
 * does. `settings` are those of the app; the environment wins over them.
 */
export const findStorageEmulatorSettings = (
  settings: Readonly<Record<string, string>>,
): readonly string[] =>
  Object.entries({ ...settings, ...process.env }).flatMap(([name, value]) =>
    /^usedevelopmentstorage=true;?$/i.test(value ?? "") ? [name] : [],
  );
