import type { Instance } from "../model/instance";

/** An instance as the extension's HTTP API shows it; the order of the fields is theirs. */
export const toInstanceView = (
  instance: Instance,
  { showInput }: { readonly showInput: boolean },
) => ({
  name: instance.name,
  instanceId: instance.instanceId,
  runtimeStatus: instance.status,
  input: showInput ? parseStoredJson(instance.input) : null,
  customStatus: parseStoredJson(instance.customStatus),
  output: parseStoredJson(instance.output),
  createdTime: formatTimestamp(instance.createdAt),
  lastUpdatedTime: formatTimestamp(instance.updatedAt),
});

/** A time as .NET writes it here: without fractions. */
export const formatTimestamp = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** Stored text as JSON, or as it is when it is none (the reason of a failure). */
export function parseStoredJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
