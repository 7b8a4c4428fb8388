import type { Connection, EventContext, Message, Sender } from "rhea";
import type { Clock } from "../../shared/time/clock";
import type { Namespace } from "../namespace/namespace";
import { ServiceBusError } from "../service-bus-error";
import type { BrokerStore } from "../store/broker-store";
import { sendSettled } from "./rhea-internals";
import { type AccessKey, isWithinResource, resourcePath } from "./sas-token";

/** The dependencies shared by all connections. */
export interface BrokerContext {
  readonly namespace: Namespace;
  readonly store: BrokerStore;
  readonly clock: Clock;
  readonly accessKey: AccessKey;
  readonly newId: () => string;
  readonly log: (level: string, message: string) => void;
}

/** One client connection: its authorizations and its open links. */
export class Peer {
  readonly broker: BrokerContext;
  readonly connection: Connection;
  /** Expiry time by the resource path that a token authorizes. */
  readonly #authorizedUntil = new Map<string, number>();
  readonly #closeHandlers = new Map<unknown, () => void>();
  /** Links for responses, by the `reply_to` of requests: the link's target address or, if it has none, the link's name. */
  readonly #replyLinks = new Map<string, Sender>();

  constructor(broker: BrokerContext, connection: Connection) {
    this.broker = broker;
    this.connection = connection;
  }

  get linkCount(): number {
    return this.#closeHandlers.size;
  }

  authorize(audience: string, until: number): void {
    this.#authorizedUntil.set(resourcePath(audience), until);
  }

  /** Throws `unauthorized-access` unless a token covers the address. */
  checkAuthorized(address: string): void {
    const path = resourcePath(address);
    const now = this.broker.clock.now();
    for (const [resource, until] of this.#authorizedUntil)
      if (until > now && isWithinResource(path, resource)) return;
    throw new ServiceBusError(
      "amqp:unauthorized-access",
      `Unauthorized access to '${address}': present a token for it first.`,
    );
  }

  addReplyLink(address: string, link: Sender): void {
    this.#replyLinks.set(address, link);
    this.onLinkClosed(link, () => {
      if (this.#replyLinks.get(address) === link)
        this.#replyLinks.delete(address);
    });
  }

  /** Sends a response, unless the reply link has been closed. */
  reply(to: string | undefined, response: object): void {
    const link = this.#replyLinks.get(to ?? "");
    if (link) sendSettled(link, response as Message);
  }

  /** Calls `handler` once when the link, its session or the connection is closed. */
  onLinkClosed(link: unknown, handler: () => void): void {
    this.#closeHandlers.set(link, handler);
  }

  linkClosed(link: unknown): void {
    const handler = this.#closeHandlers.get(link);
    this.#closeHandlers.delete(link);
    handler?.();
  }

  sessionClosed(session: unknown): void {
    for (const link of [...this.#closeHandlers.keys()])
      if ((link as { session: unknown }).session === session)
        this.linkClosed(link);
  }

  connectionClosed(): void {
    for (const link of [...this.#closeHandlers.keys()]) this.linkClosed(link);
  }

  /** Wraps an event handler: an unexpected error is logged and closes this connection only. */
  guard(
    handle: (context: EventContext) => void,
  ): (context: EventContext) => void {
    return (context) => {
      try {
        handle(context);
      } catch (error) {
        this.fail(error);
      }
    };
  }

  fail(error: unknown): void {
    const { log } = this.broker;
    log(
      "error",
      `A connection is closed because of an internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    this.connection.close({
      condition: "amqp:internal-error",
      description: "The broker failed. See its log for the reason.",
    });
  }
}
