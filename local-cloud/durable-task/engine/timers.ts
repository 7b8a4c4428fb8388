import { MinHeap } from "../../shared/heap/min-heap";
import type { Clock } from "../../shared/time/clock";

interface Timer {
  readonly key: string;
  readonly at: number;
  /** Ascending; breaks ties between timers for the same time. */
  readonly order: number;
  readonly fire: () => void;
}

/** Fires timers in order of time. One timer of the clock waits for the earliest; nothing polls. */
export class TimerQueue {
  readonly #clock: Clock;
  /** Cancelled and replaced timers stay in the heap and are skipped when they reach its top. */
  readonly #heap = new MinHeap<Timer>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  );
  readonly #current = new Map<string, Timer>();
  #lastOrder = 0;
  #cancelWait: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `fire` once, at `at` or soon after. Replaces a timer with the same key. */
  set(key: string, at: number, fire: () => void): void {
    const order = (this.#lastOrder += 1);
    const timer = { key, at, order, fire };
    this.#current.set(key, timer);
    this.#heap.push(timer);
    if (this.#heap.peek() === timer) this.#waitForNext();
  }

  cancel(key: string): void {
    this.#current.delete(key);
  }

  stop(): void {
    this.#cancelWait?.();
    this.#current.clear();
    this.#heap.clear();
  }

  #waitForNext(): void {
    this.#cancelWait?.();
    const next = this.#heap.peek();
    this.#cancelWait =
      next &&
      this.#clock.schedule(next.at, () => {
        this.#fireDue();
      });
  }

  /** Fires all due timers in one tick, so that the commits they cause form one group. */
  #fireDue(): void {
    for (;;) {
      const next = this.#heap.peek();
      if (next === undefined || next.at > this.#clock.now()) break;
      this.#heap.pop();
      if (this.#current.get(next.key) !== next) continue;
      this.#current.delete(next.key);
      next.fire();
    }
    this.#waitForNext();
  }
}
