import { MinHeap } from "../../shared/heap/min-heap";
import type { Clock } from "../../shared/time/clock";

interface Timer {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly fireAt: number;
  /** Timers for the same time fire in the order in which they were set. */
  readonly order: number;
  readonly fire: () => void;
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.fireAt < b.fireAt || (a.fireAt === b.fireAt && a.order < b.order);

/** Fires timers in the order of their times. One alarm of the clock waits for the earliest; there is no polling. */
export class TimerQueue {
  readonly #clock: Clock;
  /** Includes cancelled and replaced timers, which are skipped when they become due. */
  #heap = new MinHeap(isBefore);
  readonly #active = new Map<string, Timer>();
  #lastOrder = 0;
  #cancelAlarm: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `fire` once at or after `fireAt`. Replaces a timer with the same key. */
  set(key: string, fireAt: number, fire: () => void): void {
    const order = (this.#lastOrder += 1);
    const timer = { key, fireAt, order, fire };
    this.#active.set(key, timer);
    this.#heap.push(timer);
    if (this.#heap.peek() === timer) this.#setAlarm();
  }

  cancel(key: string): void {
    this.#active.delete(key);
  }

  stop(): void {
    this.#cancelAlarm?.();
    this.#active.clear();
    this.#heap = new MinHeap(isBefore);
  }

  #setAlarm(): void {
    this.#cancelAlarm?.();
    const first = this.#heap.peek();
    this.#cancelAlarm =
      first &&
      this.#clock.schedule(first.fireAt, () => {
        this.#fireDue();
      });
  }

  /** Fires all due timers together, so that their results share one flush. */
  #fireDue(): void {
    for (;;) {
      const first = this.#heap.peek();
      if (first === undefined || first.fireAt > this.#clock.now()) break;
      this.#heap.pop();
      if (this.#active.get(first.key) !== first) continue;
      this.#active.delete(first.key);
      first.fire();
    }
    this.#setAlarm();
  }
}
