type Setting = (name: string) => string | undefined;

/** The app setting that the `connection` of a binding refers to, with its value. */
export type BindingConnection =
  | {
      /** The value is a connection string. */
      readonly kind: "string";
      readonly setting: string;
      readonly value: string;
    }
  | {
      /** The value addresses a service to which the app authenticates with an identity. */
      readonly kind: "identity";
      readonly setting: string;
      readonly value: string;
      /** Client id of a user-assigned identity. */
      readonly clientId: string | undefined;
    };

/**
 * Finds the app setting of a connection. `AzureWebJobs<name>` takes precedence over `<name>`, and a connection string
 * over `<name>__<suffix>`, where `identitySuffixes` are the suffixes with which the service can be addressed.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
 */
export function findConnection(
  name: string,
  identitySuffixes: readonly string[],
  setting: Setting,
): BindingConnection | undefined {
  for (const prefix of [`AzureWebJobs${name}`, name]) {
    const connectionString = setting(prefix);
    if (connectionString)
      return { kind: "string", setting: prefix, value: connectionString };
    for (const suffix of identitySuffixes) {
      const value = setting(`${prefix}__${suffix}`);
      if (value)
        return {
          kind: "identity",
          setting: `${prefix}__${suffix}`,
          value,
          clientId: setting(`${prefix}__clientId`),
        };
    }
  }
  return undefined;
}
