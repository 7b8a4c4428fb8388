/** Reads fields of values of unknown type: event data and activity inputs. */
export const readField = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

export function readStringField(
  value: unknown,
  name: string,
): string | undefined {
  const field = readField(value, name);
  return typeof field === "string" ? field : undefined;
}

export function readNumberField(
  value: unknown,
  name: string,
): number | undefined {
  const field = readField(value, name);
  return typeof field === "number" ? field : undefined;
}
