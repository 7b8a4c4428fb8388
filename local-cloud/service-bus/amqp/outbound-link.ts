import type { Delivery, EventContext, Sender } from "rhea";
import type { QueueConsumer, QueueDispatcher } from "../queue/queue-dispatcher";
import type {
  MessageContent,
  MessageLock,
  BrokerMessage,
  SettlementOutcome,
} from "../queue/message";
import type { QueueSession, SessionHolder } from "../queue/sessions";
import { ServiceBusError, toServiceBusError } from "../service-bus-error";
import { toDeliveryTag, lockTokenFromTag } from "./lock-token";
import type { Peer } from "./peer";
import { answerEveryDrain, rheaLink, settleDelivery } from "./rhea-internals";
import { toSettlementOutcome } from "./outcome";
import { writeMessage } from "./write-message";

/**
 * A client receives from a queue, a subscription, or one session of it.
 *
 * O1. rhea counts credit down only when it writes a transfer, so what was handed to it and is not yet written is
 *     counted here.
 * O2. A drain is answered after everything that there is to give has been handed over.
 */
export class OutboundLink implements QueueConsumer, SessionHolder {
  readonly deletes: boolean;
  readonly peer: Peer;
  session: QueueSession | undefined;
  readonly #queue: QueueDispatcher;
  readonly #link: Sender;
  /** Messages that are on their way to this link, which were counted against its credit. */
  #reserved = 0;
  /** Messages handed to rhea since the link was opened. */
  #handed = 0;
  #isClosed = false;

  constructor(peer: Peer, link: Sender, queue: QueueDispatcher) {
    this.peer = peer;
    this.#link = link;
    this.#queue = queue;
    this.deletes = link.snd_settle_mode === 1;
  }

  get credit(): number {
    if (this.#isClosed || !this.#link.is_open()) return 0;
    const { credit, delivery_count } = rheaLink(this.#link);
    return credit - (this.#handed - delivery_count) - this.#reserved;
  }

  /** Begins to give messages to the client. */
  open(): void {
    const { peer } = this;
    answerEveryDrain(this.#link);
    this.#link.on(
      "sender_flow",
      peer.guard(() => {
        this.#flow();
      }),
    );
    for (const event of ["accepted", "released", "rejected", "modified"])
      this.#link.on(
        event,
        peer.guard(({ delivery }: EventContext) => {
          if (delivery) this.#settle(delivery);
        }),
      );
    this.#queue.add(this);
    this.#queue.pump();
  }

  close(): void {
    this.#isClosed = true;
    this.#queue.delete(this);
    if (this.session) this.#queue.rules.releaseSession(this.session, this);
  }

  sessionLost(): void {
    this.#queue.delete(this);
    this.#isClosed = true;
    this.#link.close(
      new ServiceBusError(
        "com.microsoft:session-lock-lost",
        `The lock of the session '${this.session?.id ?? ""}' has expired. Accept the session again.`,
      ).amqpError,
    );
  }

  reserve(): void {
    this.#reserved += 1;
  }

  deliver(
    message: BrokerMessage,
    content: MessageContent,
    lock: MessageLock | undefined,
  ): void {
    this.#reserved -= 1;
    if (this.#isClosed) return;
    this.#handed += 1;
    const bytes = writeMessage(message, content, lock);
    const tag = toDeliveryTag(lock?.token ?? this.peer.broker.newId());
    this.#link.send(bytes, tag, 0);
  }

  #flow(): void {
    const link = rheaLink(this.#link);
    this.#queue.pump();
    if (!link._draining) return;
    // A message that is being deleted is given out when that is on disk; the drain waits for it.
    if (this.#reserved > 0)
      setImmediate(() => {
        this.#flow();
      });
    else this.#drained();
  }

  #drained(): void {
    const link = rheaLink(this.#link);
    if (!link._draining) return;
    const unwritten = this.#handed - link.delivery_count;
    this.#handed += Math.max(link.credit - unwritten, 0);
    link.issue_flow = true;
    link.connection._register();
  }

  #settle(delivery: Delivery): void {
    const token = lockTokenFromTag(delivery.tag as Buffer);
    try {
      const outcome: SettlementOutcome = toSettlementOutcome(
        delivery.remote_state,
      );
      this.#queue.rules.settle(token ?? "", outcome, () => {
        settleDelivery(delivery);
      });
    } catch (error) {
      settleDelivery(delivery, toServiceBusError(error).amqpError);
      if (!(error instanceof ServiceBusError)) throw error;
    }
  }
}
