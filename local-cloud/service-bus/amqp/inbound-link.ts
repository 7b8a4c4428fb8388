import type { Delivery, EventContext, Receiver } from "rhea";
import type { QueueDispatcher } from "../queue/queue-dispatcher";
import type { NamespaceEntity } from "../namespace/namespace";
import type { SentMessage } from "../queue/message";
import { ServiceBusError, toServiceBusError } from "../service-bus-error";
import type { Peer } from "./peer";
import { batchFormat, rheaLink } from "./rhea-internals";
import { readBatch, readMessage } from "./read-message";

/** The largest message, and the largest batch, of the Standard tier. */
export const maxMessageBytes = 256 * 1024;

/** A client sends to a queue or a topic. */
export function openInboundLink(
  peer: Peer,
  link: Receiver,
  entity: NamespaceEntity,
): void {
  const queue = requireSendTarget(entity);
  rheaLink(link).local.attach.max_message_size = maxMessageBytes;
  peer.onLinkClosed(link, () => undefined);
  link.on(
    "message",
    peer.guard(({ message, delivery }: EventContext) => {
      if (delivery === undefined) return;
      const bytes = message as unknown as Buffer;
      take(peer, queue, bytes, delivery);
    }),
  );
}

function take(
  peer: Peer,
  queue: QueueDispatcher,
  bytes: Buffer,
  delivery: Delivery,
): void {
  try {
    const arrivals = arrivalsIn(bytes, delivery.format, peer.broker.newId);
    for (const arrival of arrivals) queue.rules.check(arrival);
    queue.rules.send(arrivals, () => {
      delivery.accept();
    });
  } catch (error) {
    delivery.reject(toServiceBusError(error).amqpError);
    if (!(error instanceof ServiceBusError)) throw error;
  }
}

/** Throws when the bytes are too many, or no message. */
function arrivalsIn(
  bytes: Buffer,
  format: number,
  newId: () => string,
): SentMessage[] {
  if (bytes.length > maxMessageBytes)
    throw new ServiceBusError(
      "amqp:link:message-size-exceeded",
      `The received message (${bytes.length} bytes) exceeds the limit (${maxMessageBytes} bytes) of the link.`,
    );
  return format === batchFormat
    ? readBatch(bytes, newId)
    : [readMessage(bytes, newId)];
}

/** Throws `not-allowed` for what nobody sends to. */
export function requireSendTarget(entity: NamespaceEntity): QueueDispatcher {
  if (entity.kind === "queue") return entity.queue;
  if (entity.kind === "topic") return entity.topic.inbox;
  throw new ServiceBusError(
    "amqp:not-allowed",
    entity.kind === "subscription"
      ? "Messages are sent to a topic, not to one of its subscriptions."
      : "Messages are not sent to a dead-letter queue: let a receiver dead-letter them.",
  );
}
