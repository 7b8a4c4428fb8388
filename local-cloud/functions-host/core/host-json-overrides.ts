type Environment = Readonly<Record<string, string | undefined>>;

const prefix = "AzureFunctionsJobHost__";

/**
 * Replaces values of host.json by app settings: `AzureFunctionsJobHost__extensions__http__routePrefix` is
 * `extensions.http.routePrefix`. Letter case is ignored. https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values
 */
export const applyHostJsonOverrides = (
  hostJson: unknown,
  environment: Environment,
): unknown =>
  Object.entries(environment).reduce<unknown>((value, [name, text]) => {
    const isOverride = name.toLowerCase().startsWith(prefix.toLowerCase());
    if (!isOverride || text === undefined) return value;
    return withValue(value, name.slice(prefix.length).split("__"), text);
  }, hostJson);

function withValue(
  node: unknown,
  [key, ...rest]: readonly string[],
  text: string,
): unknown {
  if (key === undefined) return parseValue(text);
  const fields =
    typeof node === "object" && node !== null && !Array.isArray(node)
      ? (node as Readonly<Record<string, unknown>>)
      : {};
  const existing = Object.keys(fields).find(
    (name) => name.toLowerCase() === key.toLowerCase(),
  );
  const name = existing ?? key;
  return { ...fields, [name]: withValue(fields[name], rest, text) };
}

/** Settings are text, and the fields of host.json have types. Versions such as 1.10 stay text. */
function parseValue(text: string): unknown {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
