import type { Instance } from "../instance";

/** An instance as the extension's HTTP API shows it; the order of the fields is theirs. */
export const instanceView = (
  instance: Instance,
  { showInput }: { readonly showInput: boolean },
) => ({
  name: instance.name,
  instanceId: instance.instanceId,
  runtimeStatus: instance.status,
  input: showInput ? parsed(instance.input) : null,
  customStatus: parsed(instance.customStatus),
  output: parsed(instance.output),
  createdTime: seconds(instance.createdAt),
  lastUpdatedTime: seconds(instance.updatedAt),
});

/** A time as .NET writes it here: without fractions. */
export const seconds = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** Stored text as JSON, or as it is when it is none (the reason of a failure). */
export function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
