import { z } from "zod";

const pattern = /^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/;

/** Milliseconds of a .NET TimeSpan, `[d.]hh:mm[:ss[.fff]]`; undefined when `text` is not one. */
export function parseTimeSpanMs(text: string): number | undefined {
  const [, days = 0, hours, minutes, seconds = 0, fraction = 0] =
    pattern.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const wholeSeconds =
    ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 +
    Number(seconds);
  return wholeSeconds * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
}

/** A .NET TimeSpan of host.json, parsed to milliseconds. */
export const timeSpanSchema = z.string().transform((text, context) => {
  const ms = parseTimeSpanMs(text);
  if (ms !== undefined) return ms;
  context.addIssue("must be a time span such as 00:05:00");
  return z.NEVER;
});
