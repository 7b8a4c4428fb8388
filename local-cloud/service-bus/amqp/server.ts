import { once } from "node:events";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import {
  type Connection,
  type ConnectionOptions,
  create_container,
  type EventContext,
} from "rhea";
import { BrokerStartError } from "../store/broker-store";
import {
  trackLinkClosure,
  handleReceiverOpen,
  handleSenderOpen,
} from "./link-handlers";
import { type BrokerContext, Peer } from "./peer";
import { acceptSocket, deliverRawBytes, maxFrameBytes } from "./rhea-internals";

export interface ServerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** A connection on which nothing has been heard for twice as long is closed. */
  readonly idleMs: number;
  /** A socket that has not become an AMQP connection within this time is closed. */
  readonly greetingMs: number;
}

/** How many deliveries of one session may be unsettled at once. Clients have bounds of their own, of about 2,000. */
const unsettledPerSession = 65_536;

/** Listens for AMQP clients on the loopback address. */
export class AmqpServer {
  readonly #broker: BrokerContext;
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #peers = new Map<Socket, Peer>();
  readonly #container = create_container({ id: "service-bus" });

  constructor(broker: BrokerContext, options: ServerOptions) {
    this.#broker = broker;
    this.#options = options;
    const mechanisms = this.#container.sasl_server_mechanisms as {
      enable_anonymous(): void;
      ANONYMOUS?: unknown;
      MSSBCBS?: unknown;
    };
    mechanisms.enable_anonymous();
    // What .NET clients ask for: no credentials here, a token on `$cbs` later.
    mechanisms.MSSBCBS = mechanisms.ANONYMOUS;
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#peers.size;
  }

  get linkCount(): number {
    let count = 0;
    for (const peer of this.#peers.values()) count += peer.linkCount;
    return count;
  }

  /** Throws `BrokerStartError` when the port cannot be had. */
  async listen(): Promise<void> {
    const { port } = this.#options;
    try {
      this.#server.listen(port, "127.0.0.1");
      await once(this.#server, "listening");
    } catch (cause) {
      throw (cause as NodeJS.ErrnoException).code === "EADDRINUSE"
        ? new BrokerStartError(
            "service_bus_port_in_use",
            `Port ${port} is in use: stop the program that listens on it, or choose another for Service Bus (0 picks a free one).`,
            { cause },
          )
        : new BrokerStartError(
            "service_bus_port_unusable",
            `Port ${port} cannot be used for Service Bus: ${cause instanceof Error ? cause.message : String(cause)}.`,
            { cause },
          );
    }
  }

  /** Takes no more clients, tells those that there are, and ends their connections after `graceMs` at the latest. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const { connection } of this.#peers.values())
      connection.close({
        condition: "amqp:connection:forced",
        description: "The broker is being stopped.",
      });
    const late = setTimeout(() => {
      for (const socket of this.#peers.keys()) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(late);
  }

  /** Ends all connections without a word, as a broken network does. */
  dropConnections(): void {
    for (const socket of this.#peers.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    const connection = this.#container.create_connection({
      ...{ container_id: "service-bus", reconnect: false },
      ...{ max_frame_size: maxFrameBytes, tcp_no_delay: true },
      idle_time_out: this.#options.idleMs,
      session_buffer_size: { outgoing: unsettledPerSession },
      receiver_options: { autoaccept: false },
      sender_options: { treat_modified_as_released: false },
    } as unknown as ConnectionOptions);
    const peer = new Peer(this.#broker, connection);
    this.#peers.set(socket, peer);
    const late = setTimeout(() => {
      socket.destroy();
    }, this.#options.greetingMs);
    connection.once("connection_open", () => {
      clearTimeout(late);
    });
    socket.once("close", () => {
      clearTimeout(late);
      this.#peers.delete(socket);
      peer.closed();
    });
    this.#follow(peer, connection, socket);
    acceptSocket(connection, socket, (error) => {
      this.#broker.log(
        "debug",
        `A connection is dropped: ${error instanceof Error ? error.message : String(error)}`,
      );
      socket.destroy();
    });
  }

  #follow(peer: Peer, connection: Connection, socket: Socket): void {
    const drop = (what: unknown): void => {
      const reason = what instanceof Error ? what.message : "it broke off";
      this.#broker.log("debug", `A connection has ended: ${reason}`);
      socket.destroy();
    };
    connection.on("protocol_error", drop);
    connection.on("error", drop);
    connection.on("disconnected", ({ error }: EventContext) => {
      drop(error);
    });
    connection.on("connection_error", () => undefined);
    connection.on("connection_close", () => {
      peer.closed();
      // rhea answers the close in the next tick, and ends the socket then.
      setTimeout(() => {
        socket.destroy();
      }, closeGraceMs).unref();
    });
    connection.on("session_open", ({ session }: EventContext) => {
      if (session) deliverRawBytes(session);
    });
    connection.on(
      "receiver_open",
      peer.guard(({ receiver }) => {
        if (receiver) handleReceiverOpen(peer, receiver);
      }),
    );
    connection.on(
      "sender_open",
      peer.guard(({ sender }) => {
        if (sender) handleSenderOpen(peer, sender);
      }),
    );
    trackLinkClosure(peer);
  }
}

const closeGraceMs = 1000;
