export interface AppEnvironment {
  readonly appFolder: string;
  readonly port: number;
  /** Values of local.settings.json. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where what was started for the app is found; wins over what is set already. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * Gives the app the environment and the working directory that it has under the real worker. What is set already in
 * the process stays, as with Core Tools.
 */
export function applyAppEnvironment({
  appFolder,
  port,
  settings,
  overrides,
}: AppEnvironment): void {
  const values = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    AzureWebJobsScriptRoot: appFolder,
    ...settings,
  };
  for (const [name, value] of Object.entries(values))
    process.env[name] ??= value;
  Object.assign(process.env, overrides);
  // The durable client builds its URLs on this one, so it is always ours.
  process.env["WEBSITE_HOSTNAME"] = `localhost:${port}`;
  process.chdir(appFolder);
}
