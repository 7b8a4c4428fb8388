import type { Instance } from "../model/instance";

/** An instance in the response format, and field order, of the Durable Task extension. */
export const toInstanceView = (
  instance: Instance,
  { showInput }: { readonly showInput: boolean },
) => ({
  name: instance.name,
  instanceId: instance.instanceId,
  ...(instance.parent && { parentInstanceId: instance.parent.instanceId }),
  runtimeStatus: instance.status,
  input: showInput ? parseStoredJson(instance.input) : null,
  customStatus: parseStoredJson(instance.customStatus),
  output: parseStoredJson(instance.output),
  createdTime: formatTimestamp(instance.createdAt),
  lastUpdatedTime: formatTimestamp(instance.updatedAt),
});

/** ISO 8601 without fractions of a second, as in the .NET extension. */
export const formatTimestamp = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** The parsed JSON, or the text itself when it is not JSON (the reason of a failure). */
export function parseStoredJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
