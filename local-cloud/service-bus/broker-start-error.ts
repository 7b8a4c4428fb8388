/** The broker cannot be started. The message is one sentence for the user. */
export class BrokerStartError extends Error {
  override readonly name = "BrokerStartError";
  readonly code:
    | "service_bus_damaged" // the database file
    | "service_bus_incompatible" // another version wrote the database file
    | "service_bus_in_use" // another broker uses the data folder
    | "service_bus_entities_invalid" // the entity file
    | "service_bus_port_in_use"
    | "service_bus_port_unusable";

  constructor(
    code: BrokerStartError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
