/** A message to the process of Azurite: one line of JSON. */
export interface ReservedNames {
  /** The name of the task hub. */
  readonly hub: string;
  /** By port of the service. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** The answer to a `ReservedNames` message. */
export const reservedLine = "Names are reserved.";
