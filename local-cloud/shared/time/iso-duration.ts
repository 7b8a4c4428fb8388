import { z } from "zod";

const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const units = [24 * 60 * 60_000, 60 * 60_000, 60_000, 1000] as const;

/** What .NET writes for "no limit" is some 29,000 years; anything beyond this is for ever. */
const longestMs = 10_000 * 365 * 24 * 60 * 60_000;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds; undefined when it is none. */
export function parseIsoDuration(text: string): number | undefined {
  const [, ...found] = iso.exec(text) ?? [];
  const parts: readonly (string | undefined)[] = found;
  if (parts.every((part) => part === undefined)) return undefined;
  const ms = units.reduce(
    (sum, unit, index) =>
      sum + unit * Number((parts[index] ?? "0").replace(",", ".")),
    0,
  );
  return ms > longestMs ? Infinity : ms;
}

/** In a file: an ISO 8601 duration. Read: milliseconds. */
export const isoDuration = z.string().transform((text, context) => {
  const ms = parseIsoDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue("must be an ISO 8601 duration, as PT1M or P14D");
  return z.NEVER;
});
