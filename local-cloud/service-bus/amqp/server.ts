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
import { errorMessage } from "../../shared/error-message";
import { BrokerStartError } from "../broker-start-error";
import {
  trackLinkClosure,
  handleReceiverOpen,
  handleSenderOpen,
} from "./link-handlers";
import { type BrokerContext, Peer } from "./peer";
import { acceptSocket, maxFrameBytes } from "./rhea-internals";
import { adaptSession } from "./rhea-session";

interface ServerOptions {
  /** 0 selects a free port. */
  readonly port: number;
  /** A connection without incoming frames for twice this time is closed. */
  readonly idleTimeoutMs: number;
  /** A socket that has not opened an AMQP connection within this time is closed. */
  readonly handshakeTimeoutMs: number;
}

/** Maximum number of unsettled deliveries per AMQP session. Clients limit themselves to about 2,000. */
const maxUnsettledPerSession = 65_536;

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
    // The mechanism of .NET clients: no credentials in SASL, a token on `$cbs` later.
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

  /** Throws `BrokerStartError` when the port is unavailable. */
  async listen(): Promise<void> {
    const { port } = this.#options;
    try {
      this.#server.listen(port, "127.0.0.1");
      await once(this.#server, "listening");
    } catch (cause) {
      throw (cause as NodeJS.ErrnoException).code === "EADDRINUSE"
        ? new BrokerStartError(
            "service_bus_port_in_use",
            `Port ${port} is in use. Stop the program that listens on it, or choose another port for Service Bus (0 selects a free one).`,
            { cause },
          )
        : new BrokerStartError(
            "service_bus_port_unusable",
            `Port ${port} cannot be used for Service Bus: ${errorMessage(cause)}.`,
            { cause },
          );
    }
  }

  /** Stops listening, closes all connections and, after `graceMs`, destroys those that are still open. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const { connection } of this.#peers.values())
      connection.close({
        condition: "amqp:connection:forced",
        description: "The broker is stopping.",
      });
    const timeout = setTimeout(() => {
      for (const socket of this.#peers.keys()) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timeout);
  }

  /** Destroys all sockets without an AMQP close, as a network failure does. */
  dropConnections(): void {
    for (const socket of this.#peers.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    const connection = this.#container.create_connection({
      ...{ container_id: "service-bus", reconnect: false },
      ...{ max_frame_size: maxFrameBytes, tcp_no_delay: true },
      idle_time_out: this.#options.idleTimeoutMs,
      session_buffer_size: { outgoing: maxUnsettledPerSession },
      receiver_options: { autoaccept: false },
      sender_options: { treat_modified_as_released: false },
    } as unknown as ConnectionOptions);
    const peer = new Peer(this.#broker, connection);
    this.#peers.set(socket, peer);
    const timeout = setTimeout(() => {
      socket.destroy();
    }, this.#options.handshakeTimeoutMs);
    connection.once("connection_open", () => {
      clearTimeout(timeout);
    });
    socket.once("close", () => {
      clearTimeout(timeout);
      this.#peers.delete(socket);
      peer.connectionClosed();
    });
    this.#addHandlers(peer, connection, socket);
    acceptSocket(connection, socket, (error) => {
      this.#broker.log(
        "debug",
        `A connection is dropped: ${errorMessage(error)}`,
      );
      socket.destroy();
    });
  }

  #addHandlers(peer: Peer, connection: Connection, socket: Socket): void {
    const drop = (cause: unknown): void => {
      const reason =
        cause instanceof Error ? cause.message : "the peer disconnected";
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
      peer.connectionClosed();
      // rhea answers the close in the next tick and then ends the socket.
      setTimeout(() => {
        socket.destroy();
      }, closeGraceMs).unref();
    });
    connection.on("session_open", ({ session }: EventContext) => {
      if (session) adaptSession(session);
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
