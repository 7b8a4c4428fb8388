import type { Attributes } from "@opentelemetry/api";
import { redactSecrets } from "./redact-secrets";

let isEnabled = false;

/** Sets whether spans contain prompts, messages and tool values (`AOS_TELEMETRY_CONTENT`). */
export const setContentRecording = (enabled: boolean): void => {
  isEnabled = enabled;
};

const maxLength = 8_000;

/** Serializes the values as redacted JSON. Returns no attributes, without calling `values`, unless content is enabled. */
export function contentAttributes(
  values: () => Readonly<Record<string, unknown>>,
): Attributes {
  if (!isEnabled) return {};
  return Object.fromEntries(
    Object.entries(values()).map(([name, value]) => [
      name,
      redactSecrets(JSON.stringify(value ?? null)).slice(0, maxLength),
    ]),
  );
}
