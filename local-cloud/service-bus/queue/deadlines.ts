import { MinHeap } from "../../shared/heap/min-heap";
import type { BrokerMessage } from "./message";

interface Deadline {
  readonly at: number;
  readonly message: BrokerMessage;
}

/** Messages in order of a time each. Removed messages stay in the heap until they are the majority or reach its top. */
export class Deadlines {
  readonly #heap = new MinHeap<Deadline>((a, b) => a.at < b.at);
  #sizeAfterSweep = 0;

  add(message: BrokerMessage, at: number): void {
    if (at === Infinity) return;
    this.#heap.push({ at, message });
    if (this.#heap.size < 2 * this.#sizeAfterSweep + 1000) return;
    this.#heap.retain(({ message: { status } }) => status !== "removed");
    this.#sizeAfterSweep = this.#heap.size;
  }

  get next(): number | undefined {
    this.#dropRemoved();
    return this.#heap.peek()?.at;
  }

  takeDue(now: number): BrokerMessage[] {
    const due: BrokerMessage[] = [];
    for (;;) {
      this.#dropRemoved();
      const first = this.#heap.peek();
      if (first === undefined || first.at > now) return due;
      this.#heap.pop();
      due.push(first.message);
    }
  }

  #dropRemoved(): void {
    while (this.#heap.peek()?.message.status === "removed") this.#heap.pop();
  }
}
