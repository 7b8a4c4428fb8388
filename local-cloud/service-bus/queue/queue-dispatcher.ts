import type { Clock } from "../../shared/time/clock";
import type { MessageContent, MessageLock, BrokerMessage } from "./message";
import type { BrokerQueue } from "./queue";
import type { QueueSession } from "./sessions";

/** A receiver at the other end of a link. */
export interface QueueConsumer {
  /** How many messages it takes now. */
  readonly credit: number;
  /** The session that its messages come from; undefined for a queue without sessions. */
  readonly session: QueueSession | undefined;
  /** Its messages are deleted as they are given out, and not locked. */
  readonly deletes: boolean;
  /** A message is on its way that takes one of its credit. */
  reserve(): void;
  deliver(
    message: BrokerMessage,
    content: MessageContent,
    lock: MessageLock | undefined,
  ): void;
}

/**
 * A queue at work: gives its messages to the receivers that have credit, one each in turn, and wakes it when something
 * is due.
 */
export class QueueDispatcher {
  readonly rules: BrokerQueue;
  readonly #clock: Clock;
  readonly #consumers: QueueConsumer[] = [];
  #turn = 0;
  #isPumping = false;
  #alarm: { readonly time: number; readonly callOff: () => void } | undefined;

  constructor(rules: BrokerQueue, clock: Clock) {
    this.rules = rules;
    this.#clock = clock;
    rules.messages.onChanged = () => {
      this.pump();
    };
  }

  get consumerCount(): number {
    return this.#consumers.length;
  }

  add(consumer: QueueConsumer): void {
    this.#consumers.push(consumer);
  }

  delete(consumer: QueueConsumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  /** Gives out what there is to give; called when there are new messages, or a receiver has new credit. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let idle = 0; idle < this.#consumers.length;)
        idle = this.#giveInTurn() ? 0 : idle + 1;
    } finally {
      this.#isPumping = false;
    }
    this.arm();
  }

  /** Sees to it that the queue is woken at its next deadline. */
  arm(): void {
    const time = this.rules.nextDeadline;
    // An alarm that rings too early finds nothing to do and is set anew: cheaper than to move it with every lock.
    if (time === Infinity || (this.#alarm && this.#alarm.time <= time)) return;
    this.#alarm?.callOff();
    const callOff = this.#clock.schedule(time, () => {
      this.#alarm = undefined;
      this.rules.passTime();
      this.arm();
    });
    this.#alarm = { time, callOff };
  }

  stop(): void {
    this.#alarm?.callOff();
    this.#alarm = undefined;
  }

  #giveInTurn(): boolean {
    this.#turn = (this.#turn + 1) % this.#consumers.length;
    const consumer = this.#consumers[this.#turn];
    if (consumer === undefined || consumer.credit <= 0) return false;
    const message = this.rules.messages.take(consumer.session);
    if (message === undefined) return false;
    const content = this.rules.contentOf(message);
    consumer.reserve();
    if (consumer.deletes)
      this.rules.messages.remove([message], () => {
        consumer.deliver(message, content, undefined);
      });
    else
      consumer.deliver(
        message,
        content,
        this.rules.lock(message, consumer.session),
      );
    return true;
  }
}
