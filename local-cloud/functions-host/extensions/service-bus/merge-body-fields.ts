import type { TypedData } from "../../core/extension";

type Metadata = Readonly<Record<string, TypedData>>;

/**
 * Puts the top-level fields of a body that is the text of a JSON object over the metadata of the same name in any letter
 * case, as on Azure. Arrays and nulls are left out. A body in bytes leaves the metadata unchanged.
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Utility.cs (`ApplyBindingData`)
 */
export function mergeBodyFields(metadata: Metadata, body: TypedData): Metadata {
  const fields = parseFields(body.string);
  if (fields.length === 0) return metadata;
  const merged = new Map(
    Object.entries(metadata).map((entry) => [entry[0].toLowerCase(), entry]),
  );
  for (const [name, value] of fields) {
    const data = toFieldData(value);
    const key = name.toLowerCase();
    // The metadata keeps the letter case of its name.
    if (data) merged.set(key, [merged.get(key)?.[0] ?? name, data]);
  }
  return Object.fromEntries(merged.values());
}

function parseFields(text = ""): readonly (readonly [string, unknown])[] {
  // Other values have no fields; text that is not JSON is not parsed.
  if (!text.trimStart().startsWith("{")) return [];
  try {
    return Object.entries(JSON.parse(text) as object);
  } catch {
    return [];
  }
}

function toFieldData(value: unknown): TypedData | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  if (typeof value === "object") return { json: JSON.stringify(value) };
  // .NET formats booleans with a capital letter.
  if (typeof value === "boolean") return { string: value ? "True" : "False" };
  return { string: typeof value === "string" ? value : JSON.stringify(value) };
}
