import type { Clock } from "../../../shared/time/clock";

interface Alarm {
  readonly time: number;
  readonly ring: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** The time of the machine, and what was skipped besides. The real client lives by the first, the broker by both. */
export class SkippingClock implements Clock {
  #skippedMs = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return Date.now() + this.#skippedMs;
  }

  schedule(time: number, ring: () => void): () => void {
    const alarm: Alarm = { time, ring, timer: undefined };
    this.#alarms.add(alarm);
    this.#wait(alarm);
    return () => {
      this.#remove(alarm);
    };
  }

  /** What falls due within the time rings at once, in the order of its times. */
  skip(ms: number): void {
    this.#skippedMs += ms;
    const alarms = [...this.#alarms].sort((a, b) => a.time - b.time);
    for (const alarm of alarms) {
      clearTimeout(alarm.timer);
      if (alarm.time <= this.now()) this.#ring(alarm);
      else this.#wait(alarm);
    }
  }

  #wait(alarm: Alarm): void {
    const leftMs = Math.min(Math.max(alarm.time - this.now(), 0), 2 ** 31 - 1);
    alarm.timer = setTimeout(() => {
      this.#ring(alarm);
    }, leftMs);
  }

  #ring(alarm: Alarm): void {
    if (!this.#alarms.has(alarm)) return;
    this.#remove(alarm);
    alarm.ring();
  }

  #remove(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    this.#alarms.delete(alarm);
  }
}
