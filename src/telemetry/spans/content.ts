/** What people and models said goes out only when the app was told to, and never with a secret that can be recognised. */
import type { Attributes } from "@opentelemetry/api";

let isWanted = false;

/** The switch, from `AOS_TELEMETRY_CONTENT`. */
export const setContentRecording = (wanted: boolean): void => {
  isWanted = wanted;
};

const longestText = 8_000;

/** The values as JSON, redacted; nothing unless content is wanted. Not evaluated then either. */
export function contentAttributes(
  of: () => Readonly<Record<string, unknown>>,
): Attributes {
  if (!isWanted) return {};
  return Object.fromEntries(
    Object.entries(of()).map(([name, value]) => [
      name,
      redactSecrets(JSON.stringify(value ?? null)).slice(0, longestText),
    ]),
  );
}

const secrets: readonly RegExp[] = [
  /((?:AccountKey|SharedAccessKey|SharedAccessSignature|InstrumentationKey)=)[^;"\s\\]+/gi,
  /([?&](?:sig|code)=)[^&"\s\\]+/gi,
  /(\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/gi,
  /((?:api[-_]?key|password|passwd|secret|access[-_]?token|client[-_]?secret)\\?["']?\s*[:=]\s*\\?["']?)[^\s"'\\,;}]+/gi,
  /(\b)(?:sk|ghp|gho|xox[bp])[-_][\w-]{12,}/g,
  /(\b)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
];

/** The text with keys, tokens and passwords blotted out. */
export const redactSecrets = (text: string): string =>
  secrets.reduce((rest, secret) => rest.replace(secret, "$1[redacted]"), text);
