interface Entry {
  readonly key: string;
  readonly at: number;
  readonly fire: () => void;
}

/** Timers in the order in which they fire. One timer of the process waits for the earliest; nothing polls. */
export class TimerHeap {
  readonly #now: () => number;
  /** A binary heap by time; entries that were cancelled are skipped when they surface. */
  readonly #heap: Entry[] = [];
  readonly #current = new Map<string, Entry>();
  #waiting: NodeJS.Timeout | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Calls `fire` once at the time `at`, or soon after. A timer of the same key is replaced. */
  set(key: string, at: number, fire: () => void): void {
    const entry = { key, at, fire };
    this.#current.set(key, entry);
    this.#push(entry);
    if (this.#heap[0] === entry) this.#wait();
  }

  cancel(key: string): void {
    this.#current.delete(key);
  }

  stop(): void {
    clearTimeout(this.#waiting);
    this.#current.clear();
    this.#heap.length = 0;
  }

  #wait(): void {
    clearTimeout(this.#waiting);
    const first = this.#heap[0];
    if (first === undefined) return;
    // setTimeout cannot wait longer than about 24 days; a longer wait is taken up again.
    const delay = Math.min(Math.max(first.at - this.#now(), 0), 2 ** 31 - 1);
    this.#waiting = setTimeout(() => {
      this.#fireDue();
    }, delay);
  }

  #fireDue(): void {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > this.#now()) break;
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
      if (parent === undefined || parent.at <= entry.at) break;
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
      if (child !== undefined && right !== undefined && right.at < child.at) {
        child = right;
        below += 1;
      }
      if (child === undefined || child.at >= last.at) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}
