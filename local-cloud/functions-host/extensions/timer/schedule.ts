import { Cron } from "croner";
import { errorMessage } from "../../../shared/error-message";
import { parseTimeSpanMs } from "../../../shared/time/time-span";

/** The occurrences of a timer. Times are milliseconds since the epoch. */
export interface TimerSchedule {
  /** The first occurrence after `time`; undefined when the schedule has no more. */
  next(time: number): number | undefined;
}

/** NCRONTAB allows lists, ranges and steps of numbers and English names. Croner accepts further syntax that Azure rejects. */
const fieldPattern =
  /^(?:\*|\w+(?:-\w+)?)(?:\/\d+)?(?:,(?:\*|\w+(?:-\w+)?)(?:\/\d+)?)*$/;
const valuePattern =
  /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat|\d+)$/i;

/**
 * Parses an NCRONTAB expression of six fields, or of five without seconds, or a TimeSpan between occurrences. Day and day
 * of the week must both match, unlike in Unix cron. Throws when the text is not a schedule.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function parseTimerSchedule(
  text: string,
  timeZone: string,
): TimerSchedule {
  const intervalMs = parseTimeSpanMs(text);
  if (intervalMs !== undefined) return createInterval(intervalMs);
  const fields = text.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift("0");
  if (fields.length !== 6 || !fields.every(isField))
    throw new Error(
      `"${text}" is not a schedule: use six fields "{second} {minute} {hour} {day} {month} {day-of-week}"`,
    );
  const cron = createCron(fields.join(" "), text, timeZone);
  return {
    next: (time) => cron.nextRun(new Date(time))?.getTime(),
  };
}

const isField = (text: string): boolean =>
  fieldPattern.test(text) &&
  text.split(/[*,/-]+/).every((word) => word === "" || valuePattern.test(word));

function createCron(pattern: string, text: string, timezone: string): Cron {
  try {
    return new Cron(pattern, {
      paused: true,
      mode: "6-part",
      domAndDow: true,
      sloppyRanges: true, // allows "5/15": every 15, starting at 5
      timezone,
    });
  } catch (cause) {
    const reason = errorMessage(cause);
    throw new Error(
      `"${text}" is not a schedule (${reason.replace(/^CronPattern: /, "").replace(/\.$/, "")})`,
      { cause },
    );
  }
}

function createInterval(intervalMs: number): TimerSchedule {
  if (intervalMs === 0)
    throw new Error("the interval must be longer than 00:00:00");
  return { next: (time) => time + intervalMs };
}

/** Whether the next two occurrences are less than a minute apart. */
export function isSubMinuteSchedule(
  schedule: TimerSchedule,
  now: number,
): boolean {
  const first = schedule.next(now);
  const second = first === undefined ? undefined : schedule.next(first);
  return first !== undefined && second !== undefined && second - first < 60_000;
}
