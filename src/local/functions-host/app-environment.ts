export interface AppEnvironment {
  readonly appFolder: string;
  readonly port: number;
  /** Values of local.settings.json. */
  readonly settings: Readonly<Record<string, string>>;
  /** What whoever starts the host wants set; wins over local.settings.json. */
  readonly extra: Readonly<Record<string, string>>;
}

/**
 * Gives the app the environment and the working directory that it has under the real worker. What is set already in
 * the process stays, as with Core Tools.
 */
export function enterAppEnvironment({
  appFolder,
  port,
  settings,
  extra,
}: AppEnvironment): void {
  const values = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    AzureWebJobsScriptRoot: appFolder,
    ...settings,
    ...extra,
  };
  for (const [name, value] of Object.entries(values))
    process.env[name] ??= value;
  // The durable client builds its URLs on this one, so it is always ours.
  process.env["WEBSITE_HOSTNAME"] = `localhost:${port}`;
  process.chdir(appFolder);
}
