import type { Delivery, EventContext, Sender } from "rhea";
import type {
  BrokerMessage,
  MessageContent,
  MessageLock,
} from "../queue/message";
import type { QueueConsumer, QueueDispatcher } from "../queue/queue-dispatcher";
import type { QueueSession, SessionHolder } from "../queue/sessions";
import { ServiceBusError, toServiceBusError } from "../service-bus-error";
import { lockTokenFromTag, toDeliveryTag } from "./lock-token";
import { hasOutcome, toSettlementOutcome } from "./outcome";
import type { Peer } from "./peer";
import { answerEveryDrain, rheaLink, settleDelivery } from "./rhea-internals";
import { writeMessage } from "./write-message";

/**
 * A link on which a client receives from a queue, a subscription or one session.
 *
 * O1. rhea reduces credit only when it writes a transfer, so messages that were passed to rhea and are not yet written
 *     are counted here.
 * O2. A drain is answered after all deliverable messages have been passed to rhea.
 */
export class OutboundLink implements QueueConsumer, SessionHolder {
  readonly receiveAndDelete: boolean;
  readonly peer: Peer;
  session: QueueSession | undefined;
  readonly #dispatcher: QueueDispatcher;
  readonly #link: Sender;
  /** Number of messages with reserved credit that have not been delivered. */
  #reserved = 0;
  /** Number of messages passed to rhea since the link was opened; a drain adds the credit that it discards. */
  #sent = 0;
  #isClosed = false;

  constructor(peer: Peer, link: Sender, dispatcher: QueueDispatcher) {
    this.peer = peer;
    this.#link = link;
    this.#dispatcher = dispatcher;
    this.receiveAndDelete = link.snd_settle_mode === 1;
  }

  get credit(): number {
    if (this.#isClosed || !this.#link.is_open()) return 0;
    const { credit, delivery_count } = rheaLink(this.#link);
    return credit - (this.#sent - delivery_count) - this.#reserved;
  }

  /** Starts delivering messages. */
  open(): void {
    const { peer } = this;
    answerEveryDrain(this.#link);
    this.#link.on(
      "sender_flow",
      peer.guard(() => {
        this.#onFlow();
      }),
    );
    for (const event of ["accepted", "released", "rejected", "modified"])
      this.#link.on(
        event,
        peer.guard(({ delivery }: EventContext) => {
          if (delivery) this.#settle(delivery);
        }),
      );
    this.#link.on(
      "settled",
      peer.guard(({ delivery }: EventContext) => {
        if (delivery && !hasOutcome(delivery.remote_state))
          this.#settle(delivery);
      }),
    );
    this.#dispatcher.addConsumer(this);
    // The client may have sent credit, or a drain, before the attach response.
    this.#onFlow();
  }

  close(): void {
    this.#isClosed = true;
    this.#dispatcher.removeConsumer(this);
    if (this.session) this.#dispatcher.queue.releaseSession(this.session, this);
  }

  onSessionLost(): void {
    this.#dispatcher.removeConsumer(this);
    this.#isClosed = true;
    this.#link.close(
      new ServiceBusError(
        "com.microsoft:session-lock-lost",
        `The lock of the session '${this.session?.id ?? ""}' has expired. Accept the session again.`,
      ).amqpError,
    );
  }

  reserveCredit(): void {
    this.#reserved += 1;
  }

  deliver(
    message: BrokerMessage,
    content: MessageContent,
    lock: MessageLock | undefined,
  ): void {
    this.#reserved -= 1;
    if (this.#isClosed) return;
    this.#sent += 1;
    const bytes = writeMessage(message, content, lock);
    const tag = toDeliveryTag(lock?.token ?? this.peer.broker.newId());
    this.#link.send(bytes, tag, 0);
  }

  #onFlow(): void {
    const link = rheaLink(this.#link);
    this.#dispatcher.dispatch();
    if (!link._draining) return;
    // In receive-and-delete mode a message is delivered after its removal is committed; the drain waits for it.
    if (this.#reserved > 0)
      setImmediate(() => {
        this.#onFlow();
      });
    else this.#answerDrain();
  }

  #answerDrain(): void {
    const link = rheaLink(this.#link);
    const unwritten = this.#sent - link.delivery_count;
    this.#sent += Math.max(link.credit - unwritten, 0);
    link.issue_flow = true;
    link.connection._register();
  }

  #settle(delivery: Delivery): void {
    const token = lockTokenFromTag(delivery.tag as Buffer);
    try {
      const outcome = toSettlementOutcome(delivery.remote_state);
      this.#dispatcher.queue.settle(token ?? "", outcome, () => {
        settleDelivery(delivery);
      });
    } catch (error) {
      settleDelivery(delivery, toServiceBusError(error).amqpError);
      if (!(error instanceof ServiceBusError)) throw error;
    }
  }
}
