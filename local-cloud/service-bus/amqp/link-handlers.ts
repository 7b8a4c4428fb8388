import type { EventContext, Receiver, Sender } from "rhea";
import type { NamespaceEntity } from "../namespace/namespace";
import { ServiceBusError, toServiceBusError } from "../service-bus-error";
import { openTokenRequests } from "./cbs";
import { openInboundLink } from "./inbound-link";
import { openManagementLink } from "./management/management-link";
import { OutboundLink } from "./outbound-link";
import type { Peer } from "./peer";
import { rheaLink } from "./rhea-internals";
import { acceptSessionOnLink, readSessionFilter } from "./session-link";

const managementSuffix = "/$management";

/** A client wants to send. */
export function handleReceiverOpen(peer: Peer, link: Receiver): void {
  const address = addressOf(link.target);
  link.set_source({ address: addressOf(link.source) });
  try {
    if (address === "$cbs") openTokenRequests(peer, link);
    else {
      peer.checkAuthorized(address);
      const entity = peer.broker.namespace.find(entityPath(address));
      if (isManagement(address)) openManagementLink(peer, link, entity);
      else openInboundLink(peer, link, entity);
    }
    link.set_target({ address });
  } catch (error) {
    refuse(link, error);
  }
}

/** A client wants to receive. */
export function handleSenderOpen(peer: Peer, link: Sender): void {
  const address = addressOf(link.source);
  link.set_source({ address });
  try {
    if (address === "$cbs") peer.addReplyLink(link.name, link);
    else if (isManagement(address)) {
      peer.broker.namespace.find(entityPath(address));
      peer.checkAuthorized(address);
      peer.addReplyLink(addressOf(link.target), link);
    } else {
      peer.checkAuthorized(address);
      openOutbound(peer, link, peer.broker.namespace.find(address));
    }
    link.set_target({ address: addressOf(link.target) });
  } catch (error) {
    refuse(link, error);
  }
}

function openOutbound(peer: Peer, link: Sender, entity: NamespaceEntity): void {
  if (entity.kind === "topic")
    throw new ServiceBusError(
      "amqp:not-allowed",
      "Messages are received from a subscription, not from the topic.",
    );
  const { attach } = rheaLink(link).local;
  attach.snd_settle_mode = link.snd_settle_mode;
  attach.rcv_settle_mode = link.rcv_settle_mode;
  const outbound = new OutboundLink(peer, link, entity.queue);
  peer.onLinkClosed(link, () => {
    outbound.close();
  });
  const wanted = readSessionFilter(link);
  const { path, sessions } = entity.queue.rules;
  if (sessions === undefined && wanted !== undefined)
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' does not require sessions, so none can be accepted.`,
    );
  if (sessions && wanted === undefined)
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' requires sessions, so it is not possible to create a receiver without one. Accept a session.`,
    );
  if (sessions && wanted !== undefined)
    acceptSessionOnLink(peer, link, outbound, entity.queue, wanted);
  else outbound.open();
}

const addressOf = (terminus: { address?: unknown } | null | undefined) =>
  typeof terminus?.address === "string"
    ? terminus.address.replace(/^\/+/, "")
    : "";

const isManagement = (address: string): boolean =>
  address.toLowerCase().endsWith(managementSuffix);
const entityPath = (address: string): string =>
  isManagement(address) ? address.slice(0, -managementSuffix.length) : address;

function refuse(link: Sender | Receiver, error: unknown): void {
  link.close(toServiceBusError(error).amqpError);
  if (!(error instanceof ServiceBusError)) throw error;
}

/** Whoever opened a link: what to do when it, or what carries it, has ended. */
export function trackLinkClosure(peer: Peer): void {
  const { connection } = peer;
  const ended =
    (pick: (context: EventContext) => unknown) => (context: EventContext) => {
      peer.linkClosed(pick(context));
    };
  connection.on(
    "sender_close",
    ended(({ sender }) => sender),
  );
  connection.on("sender_error", () => undefined);
  connection.on(
    "receiver_close",
    ended(({ receiver }) => receiver),
  );
  connection.on("receiver_error", () => undefined);
  connection.on("session_error", () => undefined);
  connection.on("session_close", ({ session }: EventContext) => {
    peer.sessionClosed(session);
  });
}
