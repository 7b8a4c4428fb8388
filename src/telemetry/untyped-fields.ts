/** Fields of values of which only the writer knows the type: data of rows, inputs of activities. */
export const readField = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null
    ? (of as Readonly<Record<string, unknown>>)[name]
    : undefined;

export function readStringField(of: unknown, name: string): string | undefined {
  const value = readField(of, name);
  return typeof value === "string" ? value : undefined;
}

export function readNumberField(of: unknown, name: string): number | undefined {
  const value = readField(of, name);
  return typeof value === "number" ? value : undefined;
}
