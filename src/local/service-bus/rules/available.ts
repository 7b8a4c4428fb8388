import type { Message } from "./message";
import { MinHeap } from "./min-heap";

/**
 * The messages that may be given out, in the order of their sequence numbers.
 *
 * A1. A message may be here more than once, and may have been taken meanwhile: what counts is its own status when it
 *     surfaces. So nothing is ever searched for.
 */
export class Available {
  readonly #heap = new MinHeap<Message>((a, b) => a.sequence < b.sequence);

  add(message: Message): void {
    this.#heap.push(message);
  }

  /** The next one, which stays. */
  peek(): Message | undefined {
    for (;;) {
      const message = this.#heap.peek();
      if (message === undefined || isAvailable(message)) return message;
      this.#heap.pop();
    }
  }

  /** The next one, which is taken out. */
  take(): Message | undefined {
    const message = this.peek();
    if (message !== undefined) this.#heap.pop();
    return message;
  }
}

const isAvailable = ({ status, state }: Message): boolean =>
  status === "waiting" && state === "active";
