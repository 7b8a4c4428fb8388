import type { EventContext, Receiver, Sender } from "rhea";
import type { NamespaceEntity } from "../namespace/namespace";
import { ServiceBusError, toServiceBusError } from "../service-bus-error";
import { openTokenRequests } from "./cbs";
import { openInboundLink } from "./inbound-link";
import { openManagementLink } from "./management/management-link";
import { OutboundLink } from "./outbound-link";
import type { Peer } from "./peer";
import { echoSettleModes, refuseLink } from "./rhea-internals";
import { coordinatorAddress } from "./rhea-session";
import { acceptSessionOnLink, readSessionFilter } from "./session-link";

const managementSuffix = "/$management";

/** Handles a link on which the client sends. */
export function handleReceiverOpen(peer: Peer, link: Receiver): void {
  const address = readAddress(link.target);
  link.set_source({ address: readAddress(link.source) });
  echoSettleModes(link);
  try {
    if (address === coordinatorAddress)
      throw new ServiceBusError(
        "amqp:not-implemented",
        "This broker does not support transactions.",
      );
    if (address === "$cbs") openTokenRequests(peer, link);
    else {
      peer.checkAuthorized(address);
      const entity = peer.broker.namespace.find(entityPath(address));
      if (isManagement(address)) openManagementLink(peer, link, entity);
      else openInboundLink(peer, link, entity);
    }
    link.set_target({ address });
  } catch (error) {
    rejectLink(link, error);
  }
}

/** Handles a link on which the client receives. */
export function handleSenderOpen(peer: Peer, link: Sender): void {
  const address = readAddress(link.source);
  link.set_source({ address });
  echoSettleModes(link);
  const replyAddress = readAddress(link.target) || link.name;
  try {
    if (address === "$cbs") peer.addReplyLink(replyAddress, link);
    else if (isManagement(address)) {
      peer.broker.namespace.find(entityPath(address));
      peer.checkAuthorized(address);
      peer.addReplyLink(replyAddress, link);
    } else {
      peer.checkAuthorized(address);
      openOutboundLink(peer, link, peer.broker.namespace.find(address));
    }
    link.set_target({ address: readAddress(link.target) });
  } catch (error) {
    rejectLink(link, error);
  }
}

function openOutboundLink(
  peer: Peer,
  link: Sender,
  entity: NamespaceEntity,
): void {
  if (entity.kind === "topic")
    throw new ServiceBusError(
      "amqp:not-allowed",
      "Clients cannot receive from a topic. Receive from one of its subscriptions.",
    );
  const { queue } = entity.dispatcher;
  const outbound = new OutboundLink(peer, link, entity.dispatcher);
  peer.onLinkClosed(link, () => {
    outbound.close();
  });
  const sessionId = readSessionFilter(link);
  const { path, sessions } = queue;
  if (sessions === undefined && sessionId !== undefined)
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' does not require sessions, so none can be accepted.`,
    );
  if (sessions && sessionId === undefined)
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' requires sessions, so it is not possible to create a receiver without one. Accept a session.`,
    );
  if (sessions && sessionId !== undefined)
    acceptSessionOnLink({ peer, link, outbound, queue, sessions }, sessionId);
  else outbound.open();
}

const readAddress = (terminus: { address?: unknown } | null | undefined) =>
  typeof terminus?.address === "string"
    ? terminus.address.replace(/^\/+/, "")
    : "";

const isManagement = (address: string): boolean =>
  address.toLowerCase().endsWith(managementSuffix);
const entityPath = (address: string): string =>
  isManagement(address) ? address.slice(0, -managementSuffix.length) : address;

function rejectLink(link: Sender | Receiver, error: unknown): void {
  refuseLink(link, toServiceBusError(error).amqpError);
  if (!(error instanceof ServiceBusError)) throw error;
}

/** Notifies the peer when a link, or the AMQP session that carries it, has been closed. */
export function trackLinkClosure(peer: Peer): void {
  const { connection } = peer;
  connection.on("sender_close", ({ sender }: EventContext) => {
    peer.linkClosed(sender);
  });
  connection.on("sender_error", () => undefined);
  connection.on("receiver_close", ({ receiver }: EventContext) => {
    peer.linkClosed(receiver);
  });
  connection.on("receiver_error", () => undefined);
  connection.on("session_error", () => undefined);
  connection.on("session_close", ({ session }: EventContext) => {
    peer.sessionClosed(session);
  });
}
