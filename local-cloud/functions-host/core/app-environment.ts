export interface AppEnvironment {
  readonly appFolder: string;
  readonly port: number;
  /** `Values` of local.settings.json. */
  readonly settings: Readonly<Record<string, string>>;
  /** Settings of the emulators that were started for the app; they replace existing values. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * Sets the environment variables and the working directory that the Functions worker sets for an app. Existing variables
 * of the process override local.settings.json, as with Core Tools.
 */
export function applyAppEnvironment({
  appFolder,
  port,
  settings,
  overrides,
}: AppEnvironment): void {
  const defaults = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    AzureWebJobsScriptRoot: appFolder,
    ...settings,
  };
  for (const [name, value] of Object.entries(defaults))
    process.env[name] ??= value;
  Object.assign(process.env, overrides);
  // The durable client builds its URLs from this variable, so an inherited value would be wrong.
  process.env["WEBSITE_HOSTNAME"] = `localhost:${port}`;
  process.chdir(appFolder);
}
