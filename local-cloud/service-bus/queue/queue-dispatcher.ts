import type { Clock } from "../../shared/time/clock";
import type { BrokerMessage, MessageContent, MessageLock } from "./message";
import type { BrokerQueue } from "./queue";
import type { QueueSession } from "./sessions";

/** The broker's view of a receiver. */
export interface QueueConsumer {
  /** Number of messages that the receiver accepts now. */
  readonly credit: number;
  /** Undefined for a queue without sessions. */
  readonly session: QueueSession | undefined;
  /** The receive mode: messages are deleted on delivery instead of locked. */
  readonly receiveAndDelete: boolean;
  /** Uses one credit for a message whose delivery is pending. */
  reserveCredit(): void;
  deliver(
    message: BrokerMessage,
    content: MessageContent,
    lock: MessageLock | undefined,
  ): void;
}

/** Delivers the messages of a queue round robin to the consumers that have credit, and wakes the queue at deadlines. */
export class QueueDispatcher {
  readonly queue: BrokerQueue;
  readonly #clock: Clock;
  readonly #consumers: QueueConsumer[] = [];
  #turn = 0;
  #isDispatching = false;
  #wakeUp: { readonly time: number; readonly cancel: () => void } | undefined;

  constructor(queue: BrokerQueue, clock: Clock) {
    this.queue = queue;
    this.#clock = clock;
    queue.messages.onChanged = () => {
      this.dispatch();
    };
  }

  get consumerCount(): number {
    return this.#consumers.length;
  }

  addConsumer(consumer: QueueConsumer): void {
    this.#consumers.push(consumer);
  }

  removeConsumer(consumer: QueueConsumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  /** Called when messages have become available or a consumer has new credit. */
  dispatch(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    try {
      for (let idle = 0; idle < this.#consumers.length;)
        idle = this.#deliverToNext() ? 0 : idle + 1;
    } finally {
      this.#isDispatching = false;
    }
    this.scheduleWakeUp();
  }

  /** Wakes the queue at its next deadline. */
  scheduleWakeUp(): void {
    const time = this.queue.nextDeadline;
    // A wake-up that is too early finds no work and schedules the next: cheaper than rescheduling with every lock.
    if (time === Infinity || (this.#wakeUp && this.#wakeUp.time <= time))
      return;
    this.#wakeUp?.cancel();
    const cancel = this.#clock.schedule(time, () => {
      this.#wakeUp = undefined;
      this.queue.processDeadlines();
      this.scheduleWakeUp();
    });
    this.#wakeUp = { time, cancel };
  }

  stop(): void {
    this.#wakeUp?.cancel();
    this.#wakeUp = undefined;
  }

  /** Returns false when the next consumer has no credit or there is no message for it. */
  #deliverToNext(): boolean {
    this.#turn = (this.#turn + 1) % this.#consumers.length;
    const consumer = this.#consumers[this.#turn];
    if (consumer === undefined || consumer.credit <= 0) return false;
    const message = this.queue.messages.take(consumer.session);
    if (message === undefined) return false;
    const content = this.queue.messages.readContent(message);
    consumer.reserveCredit();
    if (consumer.receiveAndDelete)
      this.queue.messages.remove([message], () => {
        consumer.deliver(message, content, undefined);
      });
    else
      consumer.deliver(
        message,
        content,
        this.queue.lock(message, consumer.session),
      );
    return true;
  }
}
