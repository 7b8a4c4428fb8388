import type { Sender } from "rhea";
import type { QueueDispatcher } from "../queue/queue-dispatcher";
import type { QueueSession } from "../queue/sessions";
import { ServiceBusError } from "../service-bus-error";
import type { OutboundLink } from "./outbound-link";
import type { Peer } from "./peer";
import { deferAttach, rheaLink, toDotNetTicks } from "./rhea-internals";

const filterName = "com.microsoft:session-filter";
const defaultPatienceMs = 60_000;

/** The session that the client asks for; null for the next that there is, undefined for none. */
export function readSessionFilter(link: Sender): string | null | undefined {
  const filter = link.source.filter as
    Readonly<Record<string, unknown>> | null | undefined;
  if (!filter || !(filterName in filter)) return undefined;
  const value = filter[filterName] as { readonly value?: unknown } | null;
  const plain = value?.value ?? value;
  return typeof plain === "string" ? plain : null;
}

/**
 * Gives the link a session. For the next session that there is the answer to the attach is held back until there is one,
 * or until the client's patience is over.
 */
export function acceptSessionOnLink(
  peer: Peer,
  link: Sender,
  outbound: OutboundLink,
  queue: QueueDispatcher,
  wanted: string | null,
): void {
  const sessions = queue.rules.sessions;
  if (sessions === undefined) return;
  const open = (session: QueueSession): void => {
    outbound.session = session;
    link.set_source({
      address: link.source.address,
      filter: { [filterName]: session.id },
    });
    rheaLink(link).local.attach.properties = {
      "com.microsoft:locked-until-utc": toDotNetTicks(session.until),
    };
    outbound.open();
  };
  queue.rules.passTime();
  if (wanted === null) waitForNext(peer, link, outbound, queue, open);
  else open(sessions.accept(wanted, outbound));
}

function waitForNext(
  peer: Peer,
  link: Sender,
  outbound: OutboundLink,
  queue: QueueDispatcher,
  open: (session: QueueSession) => void,
): void {
  const sessions = queue.rules.sessions;
  if (sessions === undefined) return;
  const { clock } = peer.broker;
  let release: () => void = () => undefined;
  let callOff: () => void = () => undefined;
  const stopWaiting = sessions.acceptNext(outbound, (session) => {
    callOff();
    open(session);
    release();
  });
  if (outbound.session) return;
  release = deferAttach(link);
  callOff = clock.schedule(clock.now() + patienceMs(link), () => {
    stopWaiting();
    link.close(
      new ServiceBusError(
        "com.microsoft:timeout",
        `No session of '${queue.rules.path}' had messages within the time given. Ask again.`,
      ).amqpError,
    );
    release();
  });
  peer.onLinkClosed(link, () => {
    stopWaiting();
    callOff();
    outbound.close();
  });
}

function patienceMs(link: Sender): number {
  const value = (
    link.properties as Readonly<Record<string, unknown>> | undefined
  )?.["com.microsoft:timeout"];
  return typeof value === "number" ? value : defaultPatienceMs;
}
