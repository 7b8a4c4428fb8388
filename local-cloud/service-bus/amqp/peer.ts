import type { Connection, EventContext, Message, Sender } from "rhea";
import type { Clock } from "../../shared/time/clock";
import type { Namespace } from "../namespace/namespace";
import type { BrokerStore } from "../store/broker-store";
import { ServiceBusError } from "../service-bus-error";
import { sendSettled } from "./rhea-internals";
import { type AccessKey, isWithinResource, resourcePath } from "./sas-token";

/** What the links of every connection work with. */
export interface BrokerContext {
  readonly namespace: Namespace;
  readonly store: BrokerStore;
  readonly clock: Clock;
  readonly key: AccessKey;
  readonly newId: () => string;
  readonly log: (level: string, message: string) => void;
}

/** One client, as its links see it. */
export class Peer {
  readonly broker: BrokerContext;
  readonly connection: Connection;
  /** What the client has shown a token for: paths, with the time at which the token expires. */
  readonly #authorized = new Map<string, number>();
  readonly #closings = new Map<unknown, () => void>();
  /** Links that answers go out on, by the address that requests name for it. */
  readonly #replyLinks = new Map<string, Sender>();

  constructor(broker: BrokerContext, connection: Connection) {
    this.broker = broker;
    this.connection = connection;
  }

  get linkCount(): number {
    return this.#closings.size;
  }

  authorize(audience: string, until: number): void {
    this.#authorized.set(resourcePath(audience), until);
  }

  /** Throws `unauthorized-access` unless a token covers the address. */
  checkAuthorized(address: string): void {
    const wanted = resourcePath(address);
    const now = this.broker.clock.now();
    for (const [audience, until] of this.#authorized)
      if (until > now && isWithinResource(wanted, audience)) return;
    throw new ServiceBusError(
      "amqp:unauthorized-access",
      `Unauthorized access to '${address}': show a token for it first.`,
    );
  }

  addReplyLink(address: string, link: Sender): void {
    this.#replyLinks.set(address, link);
    this.onLinkClosed(link, () => {
      this.#replyLinks.delete(address);
    });
  }

  /** Answers a request, unless whoever asked has gone. */
  reply(to: string | undefined, answer: object): void {
    const link = this.#replyLinks.get(to ?? "");
    if (link) sendSettled(link, answer as Message);
  }

  /** `close` is called once, however the link ends. */
  onLinkClosed(link: unknown, close: () => void): void {
    this.#closings.set(link, close);
  }

  linkClosed(link: unknown): void {
    const close = this.#closings.get(link);
    this.#closings.delete(link);
    close?.();
  }

  sessionClosed(session: unknown): void {
    for (const link of [...this.#closings.keys()])
      if ((link as { session: unknown }).session === session)
        this.linkClosed(link);
  }

  closed(): void {
    for (const link of [...this.#closings.keys()]) this.linkClosed(link);
  }

  /** A failure of the broker's own ends the connection, and is told in the log; the broker lives on. */
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
      `A connection is closed over a failure of the broker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    this.connection.close({
      condition: "amqp:internal-error",
      description: "The broker failed; its log says why.",
    });
  }
}
