import type { Clock } from "../../../shared/time/clock";
import type { TypedData } from "../../core/extension";
import type { TimerSchedule } from "./schedule";
import {
  resumeScheduleStatus,
  type ScheduleStatus,
  statusAfterRun,
  timerTriggerData,
} from "./schedule-status";

export interface ScheduleStatusStore {
  read(): ScheduleStatus | undefined;
  write(status: ScheduleStatus): void;
}

export interface TimerListenerOptions {
  readonly schedule: TimerSchedule;
  readonly runOnStartup: boolean;
  /** Persists the status; undefined for `useMonitor: false`. */
  readonly monitor: ScheduleStatusStore | undefined;
  readonly clock: Clock;
  /** Runs the function with its retries. Resolves with false when the host stopped before it had completed. */
  readonly run: (input: TypedData) => Promise<boolean>;
  /** Called when the schedule has no more occurrences. */
  readonly onExhausted: () => void;
}

/**
 * Runs one timer function on its schedule.
 *
 * T1. Runs do not overlap: the next occurrence is determined after a run, and occurrences during the run are skipped.
 * T2. The status is written after a run. If the process ends earlier, the next start repeats the run as past due.
 * T3. Any number of missed occurrences leads to one run.
 * T4. A failed run does not change the schedule.
 */
export class TimerListener {
  readonly #options: TimerListenerOptions;
  #status: ScheduleStatus | undefined;
  #cancelTimer: (() => void) | undefined;
  #isStopped = false;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
  }

  start(): void {
    const { schedule, monitor, clock, runOnStartup } = this.#options;
    const now = clock.now();
    const stored = monitor?.read();
    const { status, isPastDue } = resumeScheduleStatus(stored, schedule, now);
    if (monitor) {
      this.#status = status;
      if (status !== stored) monitor.write(status);
    }
    if (isPastDue || runOnStartup) void this.#run(now, isPastDue);
    else this.#scheduleNext();
  }

  /** The trigger value for a run outside the schedule. */
  createInput(): TypedData {
    return timerTriggerData(this.#status, false);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
  }

  #scheduleNext(): void {
    const { schedule, clock, onExhausted } = this.#options;
    const next = schedule.next(clock.now());
    if (next === undefined) onExhausted();
    else
      this.#cancelTimer = clock.schedule(next, () => {
        // A timer may fire slightly early; without `max` the same occurrence would be scheduled again.
        void this.#run(Math.max(clock.now(), next), false);
      });
  }

  async #run(time: number, isPastDue: boolean): Promise<void> {
    const { schedule, monitor, run } = this.#options;
    const isCompleted = await run(timerTriggerData(this.#status, isPastDue));
    if (monitor && isCompleted) {
      this.#status = statusAfterRun(time, schedule);
      monitor.write(this.#status);
    }
    if (!this.#isStopped) this.#scheduleNext();
  }
}
