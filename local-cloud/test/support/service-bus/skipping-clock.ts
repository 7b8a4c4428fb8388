import { type Clock, maxTimeoutMs } from "../../../shared/time/clock";

interface Timer {
  readonly time: number;
  readonly callback: () => void;
  timeout: NodeJS.Timeout | undefined;
}

/**
 * The system clock plus the skipped time. The broker runs on it while the Service Bus client, which cannot be given a
 * clock, runs on the system clock.
 */
export class SkippingClock implements Clock {
  #skippedMs = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return Date.now() + this.#skippedMs;
  }

  schedule(time: number, callback: () => void): () => void {
    const timer: Timer = { time, callback, timeout: undefined };
    this.#timers.add(timer);
    this.#start(timer);
    return () => {
      this.#remove(timer);
    };
  }

  /** Fires all timers that fall due within `ms` immediately, in order of time. */
  skip(ms: number): void {
    this.#skippedMs += ms;
    const timers = [...this.#timers].sort((a, b) => a.time - b.time);
    for (const timer of timers) {
      clearTimeout(timer.timeout);
      if (timer.time <= this.now()) this.#fire(timer);
      else this.#start(timer);
    }
  }

  #start(timer: Timer): void {
    const delayMs = Math.max(timer.time - this.now(), 0);
    timer.timeout = setTimeout(
      () => {
        this.#fire(timer);
      },
      Math.min(delayMs, maxTimeoutMs),
    );
  }

  #fire(timer: Timer): void {
    if (!this.#timers.has(timer)) return;
    this.#remove(timer);
    timer.callback();
  }

  #remove(timer: Timer): void {
    clearTimeout(timer.timeout);
    this.#timers.delete(timer);
  }
}
