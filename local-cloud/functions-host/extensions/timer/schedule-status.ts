/** The persisted status of a timer. The rules are those of ScheduleMonitor in the WebJobs SDK. */
import { formatDotNetDate } from "../../../shared/time/dotnet-date";
import type { TypedData } from "../../core/extension";
import type { TimerSchedule } from "./schedule";

/** Times are milliseconds since the epoch. */
export interface ScheduleStatus {
  /** The last occurrence that ran; undefined before the first. */
  readonly last?: number | undefined;
  /** The next occurrence; undefined when the schedule has no more. */
  readonly next?: number | undefined;
  readonly lastUpdated: number;
}

const statusFrom = (
  lastUpdated: number,
  schedule: TimerSchedule,
): ScheduleStatus => ({ next: schedule.next(lastUpdated), lastUpdated });

/**
 * Returns the status of a timer at the start of the host, and whether an occurrence was missed. If the schedule has
 * changed, no occurrence counts as missed: the timer waits for its next occurrence.
 */
export function resumeScheduleStatus(
  status: ScheduleStatus | undefined,
  schedule: TimerSchedule,
  now: number,
): { readonly status: ScheduleStatus; readonly isPastDue: boolean } {
  if (status === undefined)
    return { status: statusFrom(now, schedule), isPastDue: false };
  const expected = statusFrom(status.last ?? status.lastUpdated, schedule);
  if (expected.next === status.next)
    return {
      status,
      isPastDue: status.next !== undefined && status.next < now,
    };
  const isElapsed = expected.next === undefined || expected.next < now;
  return {
    status: isElapsed ? statusFrom(now, schedule) : expected,
    isPastDue: false,
  };
}

/** The status after a run that started at `time`. */
export const statusAfterRun = (
  time: number,
  schedule: TimerSchedule,
): ScheduleStatus => ({ last: time, ...statusFrom(time, schedule) });

/** The value of the timer trigger. Without monitoring (`useMonitor: false`) it contains no status. */
export function timerTriggerData(
  status: ScheduleStatus | undefined,
  isPastDue: boolean,
): TypedData {
  const scheduleStatus = status && {
    Last: formatTime(status.last),
    Next: formatTime(status.next),
    LastUpdated: formatTime(status.lastUpdated),
  };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: scheduleStatus ?? null,
      IsPastDue: isPastDue,
    }),
  };
}

/** An undefined time is written as the default value of a .NET DateTime. */
const formatTime = (time: number | undefined): string =>
  time === undefined
    ? "0001-01-01T00:00:00"
    : formatDotNetDate(new Date(time), "+00:00");
