import { MinHeap } from "../../shared/heap/min-heap";
import type { BrokerMessage } from "./message";

/**
 * The messages that can be delivered, in order of sequence number.
 *
 * A1. The heap may hold a message twice, or one that is no longer available: the message's status decides when it
 *     reaches the top. So the heap is never searched.
 */
export class ReadyMessages {
  readonly #heap = new MinHeap<BrokerMessage>(
    (a, b) => a.sequence < b.sequence,
  );

  add(message: BrokerMessage): void {
    this.#heap.push(message);
  }

  peek(): BrokerMessage | undefined {
    for (;;) {
      const message = this.#heap.peek();
      if (message === undefined || isReady(message)) return message;
      this.#heap.pop();
    }
  }

  take(): BrokerMessage | undefined {
    const message = this.peek();
    if (message !== undefined) this.#heap.pop();
    return message;
  }
}

const isReady = ({ status, state }: BrokerMessage): boolean =>
  status === "available" && state === "active";
