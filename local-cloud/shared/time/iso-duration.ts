import { z } from "zod";

const pattern =
  /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const unitsMs = [24 * 60 * 60_000, 60 * 60_000, 60_000, 1000] as const;

/** .NET writes its maximum TimeSpan, about 29,000 years, for "no limit". Longer durations are read as Infinity. */
const maxDurationMs = 10_000 * 365 * 24 * 60 * 60_000;

/** Parses an ISO 8601 duration of days, hours, minutes and seconds into milliseconds; undefined when it is invalid. */
export function parseIsoDuration(text: string): number | undefined {
  const [, ...matched] = pattern.exec(text) ?? [];
  const parts: readonly (string | undefined)[] = matched;
  if (parts.every((part) => part === undefined)) return undefined;
  const ms = unitsMs.reduce(
    (sum, unitMs, index) =>
      sum + unitMs * Number((parts[index] ?? "0").replace(",", ".")),
    0,
  );
  return ms > maxDurationMs ? Infinity : ms;
}

/** Schema that converts an ISO 8601 duration to milliseconds. */
export const isoDuration = z.string().transform((text, context) => {
  const ms = parseIsoDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue("must be an ISO 8601 duration, such as PT1M or P14D");
  return z.NEVER;
});
