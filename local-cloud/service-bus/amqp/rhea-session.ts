/** Changes of rhea's sessions by replacing private methods; rhea is pinned to an exact version because of them. */
import { type Session, type Typed, types } from "rhea";
import type { PrivateLink } from "./rhea-internals";

interface TransferFrame {
  readonly performative: { message_format?: number | null };
}

interface AttachFrame {
  readonly performative: { target?: { readonly descriptor?: Typed } | null };
}

interface DispositionFrame {
  readonly performative: {
    readonly value: (Typed | undefined)[];
    readonly state?: { readonly value?: unknown } | undefined;
  };
}

interface PrivateSession {
  readonly links: Readonly<Record<string, PrivateLink>>;
  readonly outgoing: { process: () => void };
  output(performative: unknown): void;
  on_attach: (frame: AttachFrame) => void;
  on_disposition: (frame: DispositionFrame) => void;
  on_transfer: (frame: TransferFrame) => void;
  _get_link(frame: TransferFrame): {
    readonly _incomplete?: { readonly frames: readonly Buffer[] };
  };
}

/** 32 MiB. Oversized messages are rejected when they are complete; this limit applies to a message that is never completed. */
const maxFramesPerMessage = 512;

/** Replaces message format 0, which rhea would decode. */
const rawFormat = 0x7fff0000;

/** The address of a link whose target is a transaction coordinator. */
export const coordinatorAddress = "$coordinator";
const coordinatorDescriptors = [0x30, "amqp:coordinator:list"];
const targetCode = 0x29;

/** Index of the state in the fields of a disposition. */
const stateField = 4;

/** Makes a session accept all legal frames and answer them in the order that clients require. */
export function adaptSession(session: Session): void {
  deliverRawBytes(session);
  addressCoordinators(session);
  omitNullStates(session);
  writeAttachesFirst(session);
}

/** Makes rhea deliver all messages of the session as bytes: it decodes only messages of format 0. */
export function deliverRawBytes(session: Session): void {
  const internals = session as unknown as PrivateSession;
  const onTransfer = internals.on_transfer.bind(session);
  internals.on_transfer = (frame) => {
    const { performative } = frame;
    const isPlain = (performative.message_format ?? 0) === 0;
    if (isPlain) performative.message_format = rawFormat;
    onTransfer(frame);
    const frames = internals._get_link(frame)._incomplete?.frames.length ?? 0;
    if (frames > maxFramesPerMessage)
      throw new Error("A message exceeds the maximum number of frames.");
  };
}

/**
 * Writes the attach responses of a session before its transfers: rhea writes them after, and a client may send its first
 * credit together with the attach.
 */
function writeAttachesFirst(session: Session): void {
  const internals = session as unknown as PrivateSession;
  const { outgoing } = internals;
  const process = outgoing.process.bind(outgoing);
  outgoing.process = () => {
    for (const { state, local } of Object.values(internals.links))
      if (state.need_open()) internals.output(local.attach);
    process();
  };
}

/** Gives transaction coordinators an address: rhea knows only targets of nodes. */
function addressCoordinators(session: Session): void {
  const internals = session as unknown as PrivateSession;
  const onAttach = internals.on_attach.bind(session);
  internals.on_attach = (frame) => {
    const { performative } = frame;
    if (isCoordinator(performative.target?.descriptor?.value))
      performative.target = types.described(
        types.wrap_ulong(targetCode),
        types.wrap_list([coordinatorAddress]),
      ) as Typed;
    onAttach(frame);
  };
}

const isCoordinator = (descriptor: unknown): boolean =>
  coordinatorDescriptors.some((known) => known === descriptor);

/** A client may settle without a delivery state; rhea prints an error for a null that a client sends for it. */
function omitNullStates(session: Session): void {
  const internals = session as unknown as PrivateSession;
  const onDisposition = internals.on_disposition.bind(session);
  internals.on_disposition = (frame) => {
    const { performative } = frame;
    if (performative.state?.value === null)
      performative.value[stateField] = undefined;
    onDisposition(frame);
  };
}
