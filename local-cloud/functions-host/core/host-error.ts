/** The host could not start. The message is one line for the user: the failure, the resource and the remedy. */
export class HostStartError extends Error {
  override readonly name = "HostStartError";
  readonly code:
    | "port_in_use" // another program listens on the port
    | "port_unusable" // the port cannot be bound for another reason
    | "app_not_found" // the folder does not exist or has no entry point
    | "app_load_failed" // the code of the app threw while it was loaded
    | "host_json_invalid" // host.json is not readable or not valid
    | "configuration_invalid" // an extension rejects its settings or a binding
    | "local_settings_invalid" // local.settings.json is not readable or not valid
    | "data_folder_unwritable" // the data folder cannot be created or written to
    | "data_folder_in_use"; // another host uses the data folder

  constructor(
    code: HostStartError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
