import { Cron } from "croner";
import { parseTimeSpanMs } from "../../../shared/time/time-span";

/** When a timer function is due. Times are milliseconds since the epoch. */
export interface TimerSchedule {
  /** The first occurrence after `time`; undefined when there is none. */
  next(time: number): number | undefined;
}

/** What NCRONTAB has: lists, ranges and steps of numbers and English names. Croner knows more, which Azure refuses. */
const field =
  /^(?:\*|\w+(?:-\w+)?)(?:\/\d+)?(?:,(?:\*|\w+(?:-\w+)?)(?:\/\d+)?)*$/;
const names =
  /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat|\d+)$/i;

/**
 * Reads an NCRONTAB expression of six fields, or of five without seconds, or a TimeSpan between occurrences. Day and day
 * of the week must both fit, unlike in Unix cron. Throws an error that says what is wrong.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function parseTimerSchedule(
  text: string,
  timeZone: string,
): TimerSchedule {
  const intervalMs = parseTimeSpanMs(text);
  if (intervalMs !== undefined) return every(intervalMs);
  const fields = text.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift("0");
  if (fields.length !== 6 || !fields.every(isField))
    throw new Error(
      `"${text}" is not a schedule: give six fields "{second} {minute} {hour} {day} {month} {day-of-week}"`,
    );
  const cron = cronOf(fields.join(" "), text, timeZone);
  return {
    next: (time) => cron.nextRun(new Date(time))?.getTime(),
  };
}

const isField = (text: string): boolean =>
  field.test(text) &&
  text.split(/[*,/-]+/).every((word) => word === "" || names.test(word));

function cronOf(pattern: string, text: string, timezone: string): Cron {
  try {
    return new Cron(pattern, {
      paused: true,
      mode: "6-part",
      domAndDow: true,
      sloppyRanges: true, // "5/15" means from 5 on, every 15
      timezone,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `"${text}" is not a schedule (${reason.replace(/^CronPattern: /, "").replace(/\.$/, "")})`,
      { cause },
    );
  }
}

function every(intervalMs: number): TimerSchedule {
  if (intervalMs === 0) throw new Error("a schedule cannot be every 00:00:00");
  return { next: (time) => time + intervalMs };
}

/** Whether occurrences follow each other within less than a minute: the status of such a timer is not kept, as on Azure. */
export function isSubMinuteSchedule(
  schedule: TimerSchedule,
  now: number,
): boolean {
  const first = schedule.next(now);
  const second = first === undefined ? undefined : schedule.next(first);
  return first !== undefined && second !== undefined && second - first < 60_000;
}
