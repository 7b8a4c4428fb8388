import type { Clock } from "../../shared/time/clock";

interface Entry {
  readonly key: string;
  readonly at: number;
  /** Counts up: of timers for the same time the one that was set first fires first. */
  readonly order: number;
  readonly fire: () => void;
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** Timers in the order in which they fire. One alarm of the clock waits for the earliest; nothing polls. */
export class TimerQueue {
  readonly #clock: Clock;
  /** A binary heap by time; entries that were cancelled are skipped when they surface. */
  readonly #heap: Entry[] = [];
  readonly #current = new Map<string, Entry>();
  #lastOrder = 0;
  #callOff: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `fire` once at the time `at`, or soon after. A timer of the same key is replaced. */
  set(key: string, at: number, fire: () => void): void {
    const order = (this.#lastOrder += 1);
    const entry = { key, at, order, fire };
    this.#current.set(key, entry);
    this.#push(entry);
    if (this.#heap[0] === entry) this.#wait();
  }

  cancel(key: string): void {
    this.#current.delete(key);
  }

  stop(): void {
    this.#callOff?.();
    this.#current.clear();
    this.#heap.length = 0;
  }

  #wait(): void {
    this.#callOff?.();
    const first = this.#heap[0];
    this.#callOff =
      first &&
      this.#clock.schedule(first.at, () => {
        this.#fireDue();
      });
  }

  /** All that is due fires in one go, so that what follows from it goes to disk together. */
  #fireDue(): void {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > this.#clock.now()) break;
      this.#pop();
      if (this.#current.get(first.key) !== first) continue;
      this.#current.delete(first.key);
      first.fire();
    }
    this.#wait();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const right = heap[below + 1];
      let child = heap[below];
      if (child && right && isBefore(right, child)) {
        child = right;
        below += 1;
      }
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}
