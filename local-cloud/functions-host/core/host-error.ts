/** Why the host did not start, in one sentence that says what happened, to which thing, and what to do. */
export class HostStartError extends Error {
  override readonly name = "HostStartError";
  readonly code:
    | "port_in_use" // another program listens on the port
    | "port_unusable" // the port cannot be bound for another reason
    | "app_not_found" // no folder there, or no entry point in it
    | "app_load_failed" // the app's own code threw while it was loaded
    | "host_json_invalid" // host.json cannot be read
    | "configuration_invalid" // host.json or a binding asks for what an extension cannot give
    | "local_settings_invalid" // local.settings.json cannot be read
    | "data_folder_unwritable" // the data folder cannot be made or written to
    | "data_folder_in_use"; // another host works in the data folder

  constructor(
    code: HostStartError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}

export const describeError = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
