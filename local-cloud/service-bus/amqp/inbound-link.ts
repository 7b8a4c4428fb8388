import type { Delivery, EventContext, Receiver } from "rhea";
import type { NamespaceEntity } from "../namespace/namespace";
import type { SentMessage } from "../queue/message";
import type { BrokerQueue } from "../queue/queue";
import { ServiceBusError, toServiceBusError } from "../service-bus-error";
import type { Peer } from "./peer";
import { readBatch, readMessage } from "./read-message";
import { batchFormat, rheaLink, settleDelivery } from "./rhea-internals";

/** The limit of the Standard tier for a message or batch. */
export const maxMessageBytes = 256 * 1024;

/** Opens a link on which a client sends to a queue or topic. */
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
      receive(peer, queue, bytes, delivery);
    }),
  );
}

function receive(
  peer: Peer,
  queue: BrokerQueue,
  bytes: Buffer,
  delivery: Delivery,
): void {
  try {
    const messages = readMessages(bytes, delivery.format, peer.broker.newId);
    for (const message of messages) queue.validate(message);
    queue.send(messages, () => {
      settleDelivery(delivery);
    });
  } catch (error) {
    settleDelivery(delivery, toServiceBusError(error).amqpError);
    if (!(error instanceof ServiceBusError)) throw error;
  }
}

function readMessages(
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

/** Throws `not-allowed` for an entity that clients cannot send to. */
export function requireSendTarget(entity: NamespaceEntity): BrokerQueue {
  if (entity.kind === "queue") return entity.dispatcher.queue;
  if (entity.kind === "topic") return entity.topic.inbox.queue;
  throw new ServiceBusError(
    "amqp:not-allowed",
    entity.kind === "subscription"
      ? "Clients cannot send to a subscription. Send to its topic."
      : "Clients cannot send to a dead-letter queue. A receiver moves messages to it with deadLetterMessage.",
  );
}
