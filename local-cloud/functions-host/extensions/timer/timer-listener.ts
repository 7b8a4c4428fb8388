import type { Clock } from "../../../shared/time/clock";
import type { TypedData } from "../../core/extension";
import type { TimerSchedule } from "./schedule";
import {
  statusAfterRun,
  resumeScheduleStatus,
  type ScheduleStatus,
  timerTriggerData,
} from "./schedule-status";

export interface ScheduleStatusStore {
  read(): ScheduleStatus | undefined;
  write(status: ScheduleStatus): void;
}

export interface TimerListenerOptions {
  readonly schedule: TimerSchedule;
  readonly runOnStartup: boolean;
  /** Where its status is kept; undefined when it is not (`useMonitor: false`). */
  readonly monitor: ScheduleStatusStore | undefined;
  readonly clock: Clock;
  /** Runs the function, with its retries. Resolves with false when it was stopped before it had ended. */
  readonly run: (input: TypedData) => Promise<boolean>;
  /** Called when no occurrence will follow. */
  readonly onExhausted: () => void;
}

/**
 * Runs one timer function at its times.
 *
 * T1. One run at a time: the next occurrence is looked for when a run has ended, so what falls due meanwhile is left out.
 * T2. A run is recorded when it has ended. If the process dies before, the next one runs it again, as past due.
 * T3. However many occurrences are missed, they are made up for by one run.
 * T4. A failure changes nothing in the schedule.
 */
export class TimerListener {
  readonly #options: TimerListenerOptions;
  #status: ScheduleStatus | undefined;
  #callOff: (() => void) | undefined;
  #isStopped = false;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
  }

  start(): void {
    const { schedule, monitor, clock, runOnStartup } = this.#options;
    const now = clock.now();
    const known = monitor?.read();
    const { status, isPastDue } = resumeScheduleStatus(known, schedule, now);
    if (monitor) {
      this.#status = status;
      if (status !== known) monitor.write(status);
    }
    if (isPastDue || runOnStartup) void this.#run(now, isPastDue);
    else this.#wait();
  }

  /** The value for a run outside the schedule. */
  input(): TypedData {
    return timerTriggerData(this.#status, false);
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff?.();
  }

  #wait(): void {
    const { schedule, clock, onExhausted } = this.#options;
    const next = schedule.next(clock.now());
    if (next === undefined) onExhausted();
    else
      this.#callOff = clock.schedule(next, () => {
        // A timer may ring a moment early; without this the same occurrence would be awaited again.
        void this.#run(Math.max(clock.now(), next), false);
      });
  }

  async #run(time: number, isPastDue: boolean): Promise<void> {
    const { schedule, monitor, run } = this.#options;
    const hasEnded = await run(timerTriggerData(this.#status, isPastDue));
    if (monitor && hasEnded) {
      this.#status = statusAfterRun(time, schedule);
      monitor.write(this.#status);
    }
    if (!this.#isStopped) this.#wait();
  }
}
