import type { BrokerMessage } from "./message";
import { MinHeap } from "../../shared/heap/min-heap";

interface Deadline {
  readonly at: number;
  readonly message: BrokerMessage;
}

/** Messages with a time each. One that is gone is dropped, at the latest when its kind are the majority. */
export class Deadlines {
  readonly #heap = new MinHeap<Deadline>((a, b) => a.at < b.at);
  #sizeAfterSweep = 0;

  add(message: BrokerMessage, at: number): void {
    if (at === Infinity) return;
    this.#heap.push({ at, message });
    if (this.#heap.size < 2 * this.#sizeAfterSweep + 1000) return;
    this.#heap.keep(({ message: { status } }) => status !== "gone");
    this.#sizeAfterSweep = this.#heap.size;
  }

  get next(): number | undefined {
    this.#dropGone();
    return this.#heap.peek()?.at;
  }

  takeDue(now: number): BrokerMessage[] {
    const due: BrokerMessage[] = [];
    for (;;) {
      this.#dropGone();
      const first = this.#heap.peek();
      if (first === undefined || first.at > now) return due;
      this.#heap.pop();
      due.push(first.message);
    }
  }

  #dropGone(): void {
    while (this.#heap.peek()?.message.status === "gone") this.#heap.pop();
  }
}
