import type { BrokerMessage } from "./message";
import { MinHeap } from "../../shared/heap/min-heap";

/**
 * The messages that may be given out, in the order of their sequence numbers.
 *
 * A1. A message may be here more than once, and may have been taken meanwhile: what counts is its own status when it
 *     surfaces. So nothing is ever searched for.
 */
export class ReadyMessages {
  readonly #heap = new MinHeap<BrokerMessage>(
    (a, b) => a.sequence < b.sequence,
  );

  add(message: BrokerMessage): void {
    this.#heap.push(message);
  }

  /** The next one, which stays. */
  peek(): BrokerMessage | undefined {
    for (;;) {
      const message = this.#heap.peek();
      if (message === undefined || isAvailable(message)) return message;
      this.#heap.pop();
    }
  }

  /** The next one, which is taken out. */
  take(): BrokerMessage | undefined {
    const message = this.peek();
    if (message !== undefined) this.#heap.pop();
    return message;
  }
}

const isAvailable = ({ status, state }: BrokerMessage): boolean =>
  status === "waiting" && state === "active";
