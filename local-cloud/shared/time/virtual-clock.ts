import type { Clock } from "./clock";

interface Timer {
  readonly time: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when `advance` is called.
 *
 * C1. Between two advances the time does not change: only timers that were already due when they were scheduled fire.
 * C2. An advance fires due timers in order of time, each at its time, and waits until all work that one timer started
 *     has finished before it fires the next. It also fires timers scheduled meanwhile that fall due within it.
 * C3. Advances run one after another, never concurrently.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();
  #lastAdvance: Promise<void> = Promise.resolve();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  schedule(time: number, callback: () => void): () => void {
    const timer = { time, callback };
    this.#timers.add(timer);
    if (time <= this.#now)
      queueMicrotask(() => {
        this.#fire(timer);
      });
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** The time of the earliest timer; undefined when none is scheduled. */
  get nextDueTime(): number | undefined {
    return this.#earliest()?.time;
  }

  /** Advances the time by `ms`. `whenIdle` resolves when all work started by the timers has finished. */
  advance(ms: number, whenIdle: () => Promise<void>): Promise<void> {
    const done = this.#lastAdvance.then(() => this.#advance(ms, whenIdle));
    // The failure is reported to this caller only and does not prevent the next advance.
    this.#lastAdvance = done.catch(() => undefined);
    return done;
  }

  async #advance(ms: number, whenIdle: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    await whenIdle();
    for (;;) {
      const timer = this.#earliest();
      if (timer === undefined || timer.time > end) break;
      this.#now = Math.max(this.#now, timer.time);
      this.#fire(timer);
      await whenIdle();
    }
    this.#now = end;
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.callback();
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers)
      if (earliest === undefined || timer.time < earliest.time)
        earliest = timer;
    return earliest;
  }
}
