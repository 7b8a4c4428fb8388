type Setting = (name: string) => string | undefined;

/** Where the value of a binding's `connection` leads: to a connection string, or to a service that an identity may use. */
export type BindingConnection =
  | {
      readonly kind: "string";
      /** The name of the app setting. */
      readonly setting: string;
      readonly value: string;
    }
  | {
      readonly kind: "identity";
      readonly setting: string;
      readonly value: string;
      /** Of a user-assigned identity. */
      readonly clientId: string | undefined;
    };

/**
 * Finds the app setting that a `connection` names: `AzureWebJobs<name>` goes before `<name>`, and `<name>__<part>` says
 * where an identity is to be used. `parts` are the parts that say so for the service.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
 */
export function findConnection(
  name: string,
  parts: readonly string[],
  setting: Setting,
): BindingConnection | undefined {
  for (const prefix of [`AzureWebJobs${name}`, name]) {
    const value = setting(prefix);
    if (value) return { kind: "string", setting: prefix, value };
    for (const part of parts) {
      const found = setting(`${prefix}__${part}`);
      if (found)
        return {
          kind: "identity",
          setting: `${prefix}__${part}`,
          value: found,
          clientId: setting(`${prefix}__clientId`),
        };
    }
  }
  return undefined;
}
