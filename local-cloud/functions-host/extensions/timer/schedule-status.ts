/** What is remembered of a timer, and what follows from it. The rules are those of the WebJobs SDK's ScheduleMonitor. */
import type { TypedData } from "../../core/extension";
import type { TimerSchedule } from "./schedule";

/** Times are milliseconds since the epoch. */
export interface ScheduleStatus {
  /** The occurrence that ran last; undefined before the first. */
  readonly last?: number | undefined;
  /** The occurrence that is awaited; undefined when there will be none. */
  readonly next?: number | undefined;
  readonly lastUpdated: number;
}

const waitingSince = (
  lastUpdated: number,
  schedule: TimerSchedule,
): ScheduleStatus => ({ next: schedule.next(lastUpdated), lastUpdated });

/**
 * The status with which a timer goes on, and whether an occurrence was missed. A schedule that was changed meanwhile
 * missed nothing: it is awaited from now on.
 */
export function resumeScheduleStatus(
  status: ScheduleStatus | undefined,
  schedule: TimerSchedule,
  now: number,
): { readonly status: ScheduleStatus; readonly isPastDue: boolean } {
  if (status === undefined)
    return { status: waitingSince(now, schedule), isPastDue: false };
  const expected = waitingSince(status.last ?? status.lastUpdated, schedule);
  if (expected.next === status.next)
    return {
      status,
      isPastDue: status.next !== undefined && status.next < now,
    };
  const isOver = expected.next === undefined || expected.next < now;
  return {
    status: isOver ? waitingSince(now, schedule) : expected,
    isPastDue: false,
  };
}

/** The status after a run that began at `time`. */
export const statusAfterRun = (
  time: number,
  schedule: TimerSchedule,
): ScheduleStatus => ({
  last: time,
  ...waitingSince(time, schedule),
});

/** The value of the timer trigger. Without a status (`useMonitor: false`) the function is told none. */
export function timerTriggerData(
  status: ScheduleStatus | undefined,
  isPastDue: boolean,
): TypedData {
  const scheduleStatus = status && {
    Last: dateTime(status.last),
    Next: dateTime(status.next),
    LastUpdated: dateTime(status.lastUpdated),
  };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: scheduleStatus ?? null,
      IsPastDue: isPastDue,
    }),
  };
}

/** As .NET writes a DateTime; what is not set is its default. */
function dateTime(time: number | undefined): string {
  if (time === undefined) return "0001-01-01T00:00:00";
  return new Date(time)
    .toISOString()
    .replace(".000Z", "Z")
    .replace("Z", "+00:00");
}
