/** All uses of rhea's private members, with rhea-session.ts; rhea is pinned to an exact version because of them. */
import type { Socket } from "node:net";
import {
  message as codec,
  type Connection,
  type Delivery,
  type Message,
  type Sender,
  type Receiver,
  type Typed,
  types,
} from "rhea";

export interface PrivateLink {
  readonly local: {
    readonly attach: {
      snd_settle_mode?: number | undefined;
      rcv_settle_mode?: number | undefined;
      max_message_size?: number;
      properties?: Readonly<Record<string, unknown>>;
      source?: unknown;
      target?: unknown;
    };
  };
  readonly state: {
    open_requests: number;
    local_open: boolean;
    need_open(): boolean;
  };
  readonly connection: { _register(): void };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  _draining: boolean;
  _get_drain: () => boolean;
}

interface PrivateConnection {
  readonly socket_ready: boolean;
  readonly frame_size?: number;
  accept(socket: Socket): void;
  output: () => void;
  _process: () => void;
  _disconnected(): void;
}

interface Outcomes {
  accepted(): { described(): unknown };
  rejected(fields: { error: unknown }): { described(): unknown };
}

interface PrivateTypes {
  readonly Reader: new (bytes: Buffer) => { read(): Typed };
}

/** Members of a link that rhea does not publish. */
export const rheaLink = (link: unknown): PrivateLink => link as PrivateLink;

const outcomes = codec as unknown as Outcomes;
const accepted = outcomes.accepted().described();

export const batchFormat = 0x80013700;

/** Answers an attach with the settle modes of the client, which the broker supports in all combinations. */
export function echoSettleModes(link: Sender | Receiver): void {
  const { attach } = rheaLink(link).local;
  attach.snd_settle_mode = link.snd_settle_mode;
  attach.rcv_settle_mode = link.rcv_settle_mode;
}

/** Refuses an attach: its response has no terminus at the broker, and a detach with the error follows. */
export function refuseLink(
  link: Sender | Receiver,
  error: { condition: string; description: string },
): void {
  const { attach } = rheaLink(link).local;
  if (link.is_receiver()) attach.target = undefined;
  else attach.source = undefined;
  link.close(error);
}

/**
 * Settles a delivery in either direction. No further disposition is expected, whatever the settle mode, so the delivery is
 * marked as settled remotely: otherwise it would occupy a slot of rhea's session buffer forever.
 */
export function settleDelivery(
  delivery: Delivery,
  error?: { condition: string; description: string },
): void {
  delivery.update(
    true,
    error ? outcomes.rejected({ error }).described() : accepted,
  );
  (delivery as { remote_settled: boolean }).remote_settled = true;
}

/**
 * Sends a pre-settled message. The client would confirm an unsettled one in a separate small packet, and its next request
 * would wait 40 ms for the TCP acknowledgement (Nagle's algorithm with delayed acknowledgements).
 */
export function sendSettled(sender: Sender, message: Message): void {
  const delivery = sender.send(message);
  (delivery as { settled: boolean }).settled = true;
}

/** Defers the response to an attach until the returned function is called. */
export function deferAttach(sender: Sender): () => void {
  const { state, connection } = rheaLink(sender);
  state.open_requests = 0;
  return () => {
    state.open_requests = 1;
    connection._register();
  };
}

/** Answers a drain even without credit, which rhea does not: the client would time out and close the link. */
export function answerEveryDrain(sender: Sender): void {
  const link = rheaLink(sender);
  link._get_drain = () => {
    if (!link._draining) return false;
    link.delivery_count += Math.max(link.credit, 0);
    link.credit = 0;
    return true;
  };
}

/** Decodes a value and keeps its AMQP type. */
export const decodeValue = (bytes: Buffer): Typed =>
  new (types as unknown as PrivateTypes).Reader(bytes).read();

/** AMQP value of .NET ticks: units of 100 ns since the year 1. */
export function toDotNetTicks(milliseconds: number): unknown {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(
    BigInt(milliseconds) * 10_000n + 621_355_968_000_000_000n,
  );
  return types.wrap_long(bytes);
}

/** The frame size that the broker announces and enforces. */
export const maxFrameBytes = 64 * 1024;

/**
 * Attaches the connection to an accepted socket. When the socket closes, rhea treats the connection as disconnected. An
 * exception in rhea while it processes received data is passed to `onFailure` and so ends this connection only.
 */
export function acceptSocket(
  connection: Connection,
  socket: Socket,
  onFailure: (error: unknown) => void,
): void {
  const internals = connection as unknown as PrivateConnection;
  batchWrites(internals, socket);
  const process = internals._process.bind(connection);
  internals._process = () => {
    try {
      process();
    } catch (error) {
      onFailure(error);
    }
  };
  internals.accept(socket);
  socket.on("data", () => {
    if ((internals.frame_size ?? 0) > maxFrameBytes)
      onFailure(new Error("A frame exceeds the announced maximum size."));
  });
  socket.once("close", () => {
    if (internals.socket_ready) internals._disconnected();
  });
}

/** Sends all frames of one tick in one packet; rhea writes each frame separately. */
function batchWrites(connection: PrivateConnection, socket: Socket): void {
  const output = connection.output.bind(connection);
  let isCorked = false;
  connection.output = () => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      setImmediate(() => {
        isCorked = false;
        socket.uncork();
      });
    }
    output();
  };
}
