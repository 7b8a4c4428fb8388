/**
 * What the broker uses of rhea beyond its published types, all in one place. rhea is pinned to an exact version for it.
 */
import type { Socket } from "node:net";
import {
  message as codec,
  type Connection,
  type Delivery,
  type Message,
  type Sender,
  type Session,
  types,
} from "rhea";

interface PrivateLink {
  readonly local: {
    readonly attach: {
      snd_settle_mode?: number;
      rcv_settle_mode?: number;
      max_message_size?: number;
      properties?: Readonly<Record<string, unknown>>;
    };
  };
  readonly state: { open_requests: number; local_open: boolean };
  readonly connection: { _register(): void };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  _draining: boolean;
  _get_drain: () => boolean;
}

interface TransferFrame {
  readonly performative: { message_format?: number | null };
}

interface PrivateSession {
  on_transfer: (frame: TransferFrame) => void;
  _get_link(frame: TransferFrame): {
    readonly _incomplete?: { readonly frames: readonly Buffer[] };
  };
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

/** The part of a link that the published types leave out. */
export const rheaLink = (link: unknown): PrivateLink => link as PrivateLink;

const outcomes = codec as unknown as Outcomes;
const accepted = outcomes.accepted().described();

/** 32 MiB. A message is refused when it is complete; one that never ends is cut off. */
const maxFramesOfMessage = 512;

/** Stands for the message format 0, which rhea would decode: the broker wants the bytes. */
const rawFormat = 0x7fff0000;
export const batchFormat = 0x80013700;

/**
 * From now on every message of the session is handed on as bytes. Whatever is not 0 does rhea leave as it is, so a format
 * of our own takes the place of 0.
 */
export function deliverRawBytes(session: Session): void {
  const inside = session as unknown as PrivateSession;
  const onTransfer = inside.on_transfer.bind(session);
  inside.on_transfer = (frame) => {
    const { performative } = frame;
    const isPlain = (performative.message_format ?? 0) === 0;
    if (isPlain) performative.message_format = rawFormat;
    onTransfer(frame);
    const parts = inside._get_link(frame)._incomplete?.frames.length ?? 0;
    if (parts > maxFramesOfMessage)
      throw new Error("A message is larger than any broker takes.");
  };
}

/**
 * Settles what a receiver has said of a delivery. In the settle mode "second" the receiver does not confirm it again, so
 * rhea is told that it has: otherwise the delivery would take up one of the session's places for ever.
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
 * Sends without waiting for a confirmation. The client would write it in a small packet of its own, and its next request
 * would then wait 40 ms for the acknowledgement of that one (Nagle's algorithm against delayed acknowledgements).
 */
export function sendSettled(sender: Sender, message: Message): void {
  const delivery = sender.send(message);
  (delivery as { settled: boolean }).settled = true;
}

/** Keeps the answer to an attach back until it is called. */
export function deferAttach(sender: Sender): () => void {
  const { state, connection } = rheaLink(sender);
  state.open_requests = 0;
  return () => {
    state.open_requests = 1;
    connection._register();
  };
}

/**
 * Answers a drain also when there is no credit left, which rhea does not: the client would wait for it and then close the
 * link.
 */
export function answerEveryDrain(sender: Sender): void {
  const link = rheaLink(sender);
  link._get_drain = () => {
    if (!link._draining) return false;
    link.delivery_count += Math.max(link.credit, 0);
    link.credit = 0;
    return true;
  };
}

/** .NET ticks, as AMQP has them: 100 ns since the year 1. */
export function toDotNetTicks(milliseconds: number): unknown {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(
    BigInt(milliseconds) * 10_000n + 621_355_968_000_000_000n,
  );
  return types.wrap_long(bytes);
}

/** A frame is never larger than what the broker has said that it takes. */
export const maxFrameBytes = 64 * 1024;

/**
 * Lets rhea talk over the socket. Whatever happens, the connection ends for rhea when the socket has closed; a
 * failure of rhea's over what the peer has sent ends this connection and no other.
 */
export function acceptSocket(
  connection: Connection,
  socket: Socket,
  onFailure: (error: unknown) => void,
): void {
  const inside = connection as unknown as PrivateConnection;
  writeTogether(inside, socket);
  const process = inside._process.bind(connection);
  inside._process = () => {
    try {
      process();
    } catch (error) {
      onFailure(error);
    }
  };
  inside.accept(socket);
  socket.on("data", () => {
    if ((inside.frame_size ?? 0) > maxFrameBytes)
      onFailure(new Error("A frame is larger than was agreed."));
  });
  socket.once("close", () => {
    if (inside.socket_ready) inside._disconnected();
  });
}

/** What is written in one turn of the event loop goes out in one packet: rhea writes every frame by itself. */
function writeTogether(connection: PrivateConnection, socket: Socket): void {
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
